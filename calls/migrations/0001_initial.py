import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys


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
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("outbound", "Outbound"), ("inbound", "Inbound")], default="outbound", max_length=10
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
                (
                    "fulfilled_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When the next call settled the promise to call back.",
                        null=True,
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                (
                    "caller_name",
                    models.CharField(
                        blank=True, help_text="Who called, by the dialer's name for them.", max_length=120
                    ),
                ),
                (
                    "dialled",
                    models.CharField(blank=True, help_text="The contact's number (E.164) at the time.", max_length=16),
                ),
                ("dialer_call_id", models.CharField(blank=True, max_length=120, verbose_name="dialer's call ID")),
                (
                    "request_key",
                    models.UUIDField(
                        blank=True, editable=False, help_text="Made by the form: once per call.", null=True
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "outside_hours_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Why it was made outside the calling hours.",
                        max_length=200,
                    ),
                ),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "caller",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="markets.contact",
                    ),
                ),
                (
                    "import_job",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="markets.importjob",
                    ),
                ),
                (
                    "suppression",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="markets.suppression",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
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
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("call_count", models.PositiveIntegerField(default=0)),
                ("conversation_count", models.PositiveIntegerField(default=0)),
                ("meeting_count", models.PositiveIntegerField(default=0)),
                ("signal_count", models.PositiveIntegerField(default=0)),
                (
                    "counts_changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        help_text="When the counts last changed: what was known before is not here.",
                    ),
                ),
                ("no_answer_count", models.PositiveIntegerField(default=0)),
                ("voicemail_count", models.PositiveIntegerField(default=0)),
                ("gatekeeper_count", models.PositiveIntegerField(default=0)),
                ("incorrect_number_count", models.PositiveIntegerField(default=0)),
                ("not_interested_count", models.PositiveIntegerField(default=0)),
                ("callback_requested_count", models.PositiveIntegerField(default=0)),
                ("future_potential_count", models.PositiveIntegerField(default=0)),
                ("meeting_booked_count", models.PositiveIntegerField(default=0)),
                ("do_not_contact_count", models.PositiveIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
            name="CampaignHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("hour", models.PositiveSmallIntegerField(help_text="It begins at this hour, 0 to 23.")),
                ("call_count", models.PositiveIntegerField(default=0)),
                ("conversation_count", models.PositiveIntegerField(default=0)),
                (
                    "counts_changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        help_text="When the counts last changed.",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_hours",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["day", "hour", "campaign"],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField(help_text="The fields that changed, as they were.")),
                ("after", models.JSONField(help_text="The same fields, as they are since.")),
                ("corrected_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(max_length=500)),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="calls.call",
                    ),
                ),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "import_job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="markets.importjob",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["corrected_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting",
                        to="calls.call",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-scheduled_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="MeetingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_status",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("held", "Held"),
                            ("no_show", "No-show"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("held", "Held"),
                            ("no_show", "No-show"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                ("from_time", models.DateTimeField(null=True)),
                ("to_time", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(blank=True, max_length=500)),
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
                    "meeting",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="calls.meeting",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_changes",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["changed_at", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["campaign", "started_at"], name="call_by_campaign"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["workspace", "started_at", "id"], name="call_by_time"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("callback_at__isnull", False), ("voided_at", None)),
                fields=["workspace", "callback_at", "fulfilled_at"],
                name="call_with_callback",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("callback_at__isnull", False), ("fulfilled_at", None), ("voided_at", None)),
                fields=["workspace", "callback_at"],
                name="call_with_open_callback",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["workspace", "recorded_at"], name="call_by_recording"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("caller__isnull", False)),
                fields=["workspace", "caller", "-started_at"],
                name="call_by_caller",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("disposition__in", ["meeting_booked"])),
                fields=["campaign", "started_at"],
                name="call_booking",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="call_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("contact", "id", "workspace"), name="call_key_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dialer_call_id", ""), _negated=True),
                fields=("workspace", "dialer_call_id"),
                name="call_dialer_id_unique",
                violation_error_message="A call with that dialer's ID is in this workspace already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request_key__isnull", False)),
                fields=("workspace", "request_key"),
                name="call_request_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("suppression__isnull", False)),
                fields=("suppression", "workspace"),
                name="call_suppression_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["outbound", "inbound"])), name="call_direction_known"
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
                    models.Q(("callback_at__isnull", False), ("disposition__in", ["callback_requested"])),
                    models.Q(
                        models.Q(("disposition__in", ["callback_requested"]), _negated=True), ("callback_at", None)
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
                condition=models.Q(("fulfilled_at", None), ("callback_at__isnull", False), _connector="OR"),
                name="call_fulfilled_was_promised",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)),
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
            constraint=models.UniqueConstraint(fields=("campaign", "day", "workspace"), name="campaign_day_unique"),
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
        migrations.AddConstraint(
            model_name="campaignhour",
            constraint=models.UniqueConstraint(
                fields=("workspace", "campaign", "day", "hour"), name="campaign_hour_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignhour",
            constraint=models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="campaign_hour_on_the_clock"),
        ),
        migrations.AddConstraint(
            model_name="campaignhour",
            constraint=models.CheckConstraint(
                condition=models.Q(("conversation_count__lte", models.F("call_count"))),
                name="campaign_hour_counts_agree",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="correction_has_reason",
                violation_error_message="Say why the call is corrected.",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["workspace", "scheduled_at"], name="meeting_by_time"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="meeting_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("call", "workspace"), name="meeting_call_unique"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["scheduled", "held", "no_show", "cancelled"])),
                name="meeting_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_status__in", ["scheduled", "held", "no_show", "cancelled"]),
                    ("to_status__in", ["scheduled", "held", "no_show", "cancelled"]),
                ),
                name="meeting_change_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "suppression"),
                name="call_suppression_in_workspace",
                to="markets.Suppression",
                to_fields=("workspace", "id"),
                violation_error_message="The suppression belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("campaign", "contact", "workspace"),
                name="call_contact_in_campaign",
                to="campaigns.CampaignContact",
                to_fields=("campaign", "contact", "workspace"),
                violation_error_message="This person is not in the campaign.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignday",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_day_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignhour",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_hour_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "call"),
                name="correction_call_in_workspace",
                to="calls.Call",
                to_fields=("workspace", "id"),
                violation_error_message="The call belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "import_job"),
                name="correction_import_job_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The import job belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "call"),
                name="meeting_call_in_workspace",
                to="calls.Call",
                to_fields=("workspace", "id"),
                violation_error_message="The call belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingchange",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "meeting"),
                name="meeting_change_meeting_in_workspace",
                to="calls.Meeting",
                to_fields=("workspace", "id"),
                violation_error_message="The meeting belongs to another workspace.",
            ),
        ),
    ]
