import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import markets.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("markets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("validation", "Validation"),
                            ("follow_up", "Follow-up"),
                            ("coverage", "Ongoing coverage"),
                        ],
                        default="validation",
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Leave empty for ongoing coverage.",
                        null=True,
                    ),
                ),
                (
                    "brief",
                    models.TextField(
                        blank=True,
                        help_text="What a caller needs to know: the mission, the pitch, the words.",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="markets.market",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="CampaignContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "added_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("removed_reason", models.CharField(blank=True, max_length=500)),
                (
                    "attempt_count",
                    models.PositiveIntegerField(default=0, editable=False),
                ),
                (
                    "conversation_count",
                    models.PositiveIntegerField(default=0, editable=False),
                ),
                ("last_call_at", models.DateTimeField(editable=False, null=True)),
                (
                    "last_disposition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_answer", "No Answer"),
                            ("voicemail", "Voicemail"),
                            ("gatekeeper", "Gatekeeper"),
                            ("incorrect_number", "Incorrect Number"),
                            ("not_interested", "Not Interested"),
                            ("callback_requested", "Callback Requested"),
                            ("future_potential", "Future Potential"),
                            ("meeting_booked", "Meeting Booked"),
                            ("do_not_contact", "Do Not Contact"),
                        ],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("callback_due_at", models.DateTimeField(editable=False, null=True)),
                ("is_closed", models.BooleanField(default=False, editable=False)),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_contacts",
                        to="markets.contact",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_contacts",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "contact"],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "from_status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["changed_at", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["workspace", "status", "id"], name="campaign_by_status"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="campaign_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                models.F("market"),
                django.db.models.functions.text.Lower("name"),
                name="campaign_name_once",
                violation_error_message="This market already has a campaign of that name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__gte", models.F("starts_on")),
                    ("ends_on", None),
                    ("starts_on", None),
                    _connector="OR",
                ),
                name="campaign_ends_after_it_starts",
                violation_error_message="The campaign ends before it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "draft"), ("starts_on__isnull", False), _connector="OR"),
                name="campaign_under_way_has_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "coverage"), _negated=True),
                    ("ends_on", None),
                    _connector="OR",
                ),
                name="campaign_coverage_is_open_ended",
                violation_error_message="Ongoing coverage has no end date; leave it empty or choose another kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "active", "paused", "completed"])),
                name="campaign_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["validation", "follow_up", "coverage"])),
                name="campaign_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="campaign_has_name",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(fields=["contact", "campaign"], name="member_by_contact"),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(
                condition=models.Q(("callback_due_at__isnull", False)),
                fields=["workspace", "callback_due_at"],
                name="member_callback_due",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(fields=["campaign", "last_call_at"], name="member_by_last_call"),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.UniqueConstraint(
                fields=("campaign", "contact"),
                name="campaign_contact_once",
                violation_error_message="This person is in the campaign already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at", None), ("removed_reason", "")),
                    models.Q(
                        ("removed_at__isnull", False),
                        models.Q(("removed_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="campaign_contact_removed_with_reason",
                violation_error_message="Say why this person is removed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("conversation_count__lte", models.F("attempt_count"))),
                name="campaign_contact_counts_agree",
            ),
        ),
        migrations.AddIndex(
            model_name="statuschange",
            index=models.Index(fields=["campaign", "changed_at"], name="status_change_by_time"),
        ),
        migrations.AddConstraint(
            model_name="statuschange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_status", "draft"), ("to_status", "active")),
                    models.Q(("from_status", "active"), ("to_status", "paused")),
                    models.Q(("from_status", "paused"), ("to_status", "active")),
                    models.Q(
                        ("from_status__in", ["active", "paused"]),
                        ("to_status", "completed"),
                    ),
                    _connector="OR",
                ),
                name="status_change_is_legal",
            ),
        ),
        migrations.AddConstraint(
            model_name="statuschange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_status", "paused"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="status_change_pause_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "market"),
                name="campaign_market_in_workspace",
                to="markets.Market",
                to_fields=("workspace", "id"),
                violation_error_message="The market belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "follows"),
                name="campaign_follows_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The follows belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_contact_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="campaign_contact_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statuschange",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="status_change_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
    ]
