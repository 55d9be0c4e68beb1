import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys


def leave_room_for_updates(apps, schema_editor):
    """Every call updates its member: with free space on the page PostgreSQL makes it a HOT update, which writes no index."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE campaigns_campaigncontact SET (fillfactor = 80)")


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
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("ends_on", models.DateField(blank=True, help_text="Leave empty for ongoing coverage.", null=True)),
                (
                    "brief",
                    models.TextField(
                        blank=True, help_text="What a caller needs to know: the mission, the pitch, the words."
                    ),
                ),
                (
                    "most_attempts",
                    models.PositiveSmallIntegerField(
                        default=6, help_text="Who was called so often without a result is not offered any more."
                    ),
                ),
                (
                    "rest_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Who was called is not offered again for so many days.",
                        verbose_name="days between attempts",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
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
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        db_constraint=False,
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("removed_at", models.DateTimeField()),
                ("removed_reason", models.CharField(max_length=500)),
                ("returned_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="markets.contact",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "returned_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="markets.workspace",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="campaigns.campaign",
                    ),
                ),
            ],
            options={
                "ordering": ["removed_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CampaignContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("removed_reason", models.CharField(blank=True, max_length=500)),
                ("attempt_count", models.PositiveIntegerField(default=0, editable=False)),
                ("conversation_count", models.PositiveIntegerField(default=0, editable=False)),
                ("last_attempt_at", models.DateTimeField(editable=False, null=True)),
                ("last_conversation_at", models.DateTimeField(editable=False, null=True)),
                (
                    "is_called",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.lookups.IsNull(models.F("last_attempt_at"), False),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "is_reached",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.lookups.IsNull(models.F("last_conversation_at"), False),
                        output_field=models.BooleanField(),
                    ),
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
                ("has_shown_interest", models.BooleanField(default=False, editable=False)),
                (
                    "counts_changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                        help_text="When what its calls add up to last changed.",
                    ),
                ),
                (
                    "called_changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                        help_text="When it last changed whether they were called at all.",
                    ),
                ),
                (
                    "reached_changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                        help_text="When it last changed whether they were spoken with.",
                    ),
                ),
                (
                    "first_recorded_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When the first of their calls was recorded, also if it was voided since.",
                        null=True,
                    ),
                ),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_contacts",
                        to="markets.contact",
                    ),
                ),
                (
                    "leased_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        help_text="Who was given this person to call. Nobody, until `leased_until`: put aside for a while.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
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
                        db_constraint=False,
                        db_index=False,
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
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        db_constraint=False,
                        db_index=False,
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
                models.F("workspace"),
                name="campaign_name_unique",
                violation_error_message="This market already has a campaign of that name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__gte", models.F("starts_on")), ("ends_on", None), ("starts_on", None), _connector="OR"
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
                condition=models.Q(models.Q(("kind", "coverage"), _negated=True), ("ends_on", None), _connector="OR"),
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
                condition=models.Q(("kind__in", ["validation", "follow_up", "coverage"])), name="campaign_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="campaign_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_attempts__range", (1, 100))),
                name="campaign_attempts_in_range",
                violation_error_message="Call somebody at least once and at most 100 times.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("rest_days__lte", 365)),
                name="campaign_rest_in_range",
                violation_error_message="Let people rest for at most 365 days between attempts.",
            ),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["contact", "campaign"], name="absence_by_contact"),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["workspace", "returned_at"], name="absence_by_return"),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned_at__gte", models.F("removed_at"))),
                name="absence_ends_after_it_begins",
                violation_error_message="Nobody comes back before they were removed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("removed_reason", ""), _negated=True),
                name="absence_has_reason",
                violation_error_message="Say why this person was removed.",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(fields=["contact", "campaign"], name="member_by_contact"),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["workspace", "contact", "campaign", "is_called", "is_reached"],
                name="member_by_workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["campaign", "workspace", "is_called", "is_reached"],
                name="member_of_campaign",
            ),
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
            index=models.Index(
                condition=models.Q(("has_shown_interest", True)), fields=["contact"], name="member_interested"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.UniqueConstraint(
                fields=("campaign", "contact", "workspace"),
                name="campaign_contact_unique",
                violation_error_message="This person is in the campaign already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at", None), ("removed_reason", "")),
                    models.Q(("removed_at__isnull", False), models.Q(("removed_reason", ""), _negated=True)),
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
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("leased_by", None), ("leased_until__isnull", False), _connector="OR"),
                name="campaign_contact_lease_ends",
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
                    models.Q(("from_status__in", ["active", "paused"]), ("to_status", "completed")),
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
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "market"),
                name="campaign_market_in_workspace",
                to="markets.Market",
                to_fields=("workspace", "id"),
                violation_error_message="The market belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "follows"),
                name="campaign_follows_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The follows belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("campaign", "contact", "workspace"),
                name="absence_of_member",
                to="campaigns.CampaignContact",
                to_fields=("campaign", "contact", "workspace"),
                violation_error_message="This person is not in the campaign.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_contact_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="campaign_contact_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statuschange",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="status_change_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.RunPython(leave_room_for_updates, migrations.RunPython.noop),
    ]
