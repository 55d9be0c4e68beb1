import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import markets.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("campaigns", "0001_initial"),
        ("markets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
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
                    "direction",
                    models.CharField(
                        choices=[("outbound", "Outbound"), ("inbound", "Inbound")],
                        default="outbound",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("talk_seconds", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "disposition",
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
                        help_text="Empty while only planned.",
                        max_length=20,
                    ),
                ),
                ("callback_at", models.DateTimeField(blank=True, null=True)),
                ("notes", models.TextField(blank=True)),
                (
                    "caller_name",
                    models.CharField(
                        blank=True,
                        help_text="Who called, by the dialer's name for them.",
                        max_length=120,
                    ),
                ),
                (
                    "dialled",
                    models.CharField(
                        blank=True,
                        help_text="The contact's number (E.164) at the time.",
                        max_length=16,
                    ),
                ),
                (
                    "dialer_call_id",
                    models.CharField(blank=True, max_length=120, verbose_name="dialer's call ID"),
                ),
                (
                    "request_key",
                    models.UUIDField(
                        blank=True,
                        editable=False,
                        help_text="Made by the form: once per call.",
                        null=True,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "voided_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "void_reason",
                    models.CharField(blank=True, editable=False, max_length=500),
                ),
                (
                    "caller",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="markets.contact",
                    ),
                ),
                (
                    "suppression",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call",
                        to="markets.suppression",
                    ),
                ),
                (
                    "voided_by",
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
                        related_name="calls",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CampaignDay",
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
                ("day", models.DateField()),
                ("call_count", models.PositiveIntegerField(default=0)),
                ("conversation_count", models.PositiveIntegerField(default=0)),
                ("meeting_count", models.PositiveIntegerField(default=0)),
                ("signal_count", models.PositiveIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_days",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["day", "campaign"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
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
                ("scheduled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("held", "Held"),
                            ("no_show", "No-show"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="scheduled",
                        max_length=10,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting",
                        to="calls.call",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-scheduled_at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["campaign", "started_at"], name="call_by_campaign"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["workspace", "-started_at", "-id"], name="call_by_time"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["contact", "-started_at", "-id"], name="call_by_contact"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["campaign", "contact", "-started_at", "-id"], name="call_by_member"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                fields=["workspace", "disposition", "-started_at"],
                name="call_by_disposition",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="call_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("contact", "id"), name="call_key_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dialer_call_id", ""), _negated=True),
                fields=("workspace", "dialer_call_id"),
                name="call_dialer_id_once",
                violation_error_message="A call with that dialer's ID is in this workspace already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("workspace", "request_key"), name="call_request_once"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["outbound", "inbound"])),
                name="call_direction_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "disposition__in",
                        [
                            "",
                            "no_answer",
                            "voicemail",
                            "gatekeeper",
                            "incorrect_number",
                            "not_interested",
                            "callback_requested",
                            "future_potential",
                            "meeting_booked",
                            "do_not_contact",
                        ],
                    )
                ),
                name="call_disposition_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("callback_at__isnull", False),
                        ("disposition__in", ["callback_requested"]),
                    ),
                    models.Q(
                        models.Q(("disposition__in", ["callback_requested"]), _negated=True),
                        ("callback_at", None),
                    ),
                    _connector="OR",
                ),
                name="call_callback_has_time",
                violation_error_message="Say when to call back.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False),
                        models.Q(("void_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="call_voided_with_reason",
                violation_error_message="Say why the call is voided.",
            ),
        ),
        migrations.AddIndex(
            model_name="campaignday",
            index=models.Index(fields=["workspace", "day"], name="campaign_day_by_workspace"),
        ),
        migrations.AddConstraint(
            model_name="campaignday",
            constraint=models.UniqueConstraint(fields=("campaign", "day"), name="campaign_day_once"),
        ),
        migrations.AddConstraint(
            model_name="campaignday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("conversation_count__lte", models.F("call_count")),
                    ("meeting_count__lte", models.F("conversation_count")),
                ),
                name="campaign_day_counts_agree",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["workspace", "scheduled_at"], name="meeting_by_time"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["scheduled", "held", "no_show", "cancelled"])),
                name="meeting_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="call_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="call_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "suppression"),
                name="call_suppression_in_workspace",
                to="markets.Suppression",
                to_fields=("workspace", "id"),
                violation_error_message="The suppression belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("campaign", "contact"),
                name="call_contact_in_campaign",
                to="campaigns.CampaignContact",
                to_fields=("campaign", "contact"),
                violation_error_message="This person is not in the campaign.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignday",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_day_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "call"),
                name="meeting_call_in_workspace",
                to="calls.Call",
                to_fields=("workspace", "id"),
                violation_error_message="The call belongs to another workspace.",
            ),
        ),
    ]
