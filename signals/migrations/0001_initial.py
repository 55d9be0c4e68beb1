import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("calls", "0001_initial"),
        ("campaigns", "0001_initial"),
        ("markets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Signal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("movement_state", "Movement State"),
                            ("timing_window", "Timing Window"),
                            ("motivation_driver", "Motivation Driver"),
                            ("conversation_access", "Conversation Access"),
                            ("relationship_permission", "Relationship Permission"),
                            ("firm_stability", "Firm Stability"),
                        ],
                        max_length=24,
                    ),
                ),
                ("value", models.CharField(max_length=32)),
                ("evidence", models.TextField(blank=True, help_text="The words that were said.")),
                (
                    "confidence",
                    models.CharField(
                        choices=[("high", "Said so"), ("medium", "Implied"), ("low", "A guess")],
                        default="high",
                        max_length=8,
                    ),
                ),
                ("heard_at", models.DateTimeField(help_text="When the call started.")),
                ("captured_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "current_changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                        help_text="When it last changed for which campaign it speaks.",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="calls.call",
                    ),
                ),
                (
                    "captured_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="markets.contact",
                    ),
                ),
                (
                    "current_campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        help_text="The campaign of its call, while it is current and counts. Kept by signals.capture.current.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-heard_at", "-id"],
                "indexes": [
                    models.Index(fields=["workspace", "-heard_at", "-id"], name="signal_by_time"),
                    models.Index(fields=["workspace", "captured_at"], name="signal_by_capture"),
                    models.Index(fields=["contact", "type", "-heard_at", "-id"], name="signal_current"),
                    models.Index(fields=["workspace", "type", "value"], name="signal_by_value"),
                    models.Index(
                        condition=models.Q(("current_campaign__isnull", False)),
                        fields=["workspace", "current_campaign", "type", "value", "heard_at", "contact"],
                        name="signal_current_in_campaign",
                    ),
                ],
                "constraints": [
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("workspace", "call"),
                        name="signal_call_in_workspace",
                        to="calls.Call",
                        to_fields=("workspace", "id"),
                        violation_error_message="The call belongs to another workspace.",
                    ),
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("workspace", "current_campaign"),
                        name="signal_current_campaign_in_workspace",
                        to="campaigns.Campaign",
                        to_fields=("workspace", "id"),
                        violation_error_message="The current campaign belongs to another workspace.",
                    ),
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("contact", "call", "workspace"),
                        name="signal_contact_of_call",
                        to="calls.Call",
                        to_fields=("contact", "id", "workspace"),
                        violation_error_message="The signal and its call are about different people.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("type", "movement_state"),
                                ("value__in", ["Not Moving", "Soft Listening", "Exploring", "Active"]),
                            ),
                            models.Q(
                                ("type", "timing_window"),
                                (
                                    "value__in",
                                    ["Unknown", "12+ months", "6-12 months", "3-6 months", "Within 3 months"],
                                ),
                            ),
                            models.Q(
                                ("type", "motivation_driver"),
                                (
                                    "value__in",
                                    [
                                        "Compensation",
                                        "Platform and Clients",
                                        "Advancement",
                                        "Culture and Leadership",
                                        "Flexibility",
                                        "Relocation",
                                        "Firm Instability",
                                        "Other",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("type", "conversation_access"),
                                ("value__in", ["Closed", "Guarded", "Open", "Inviting"]),
                            ),
                            models.Q(
                                ("type", "relationship_permission"),
                                (
                                    "value__in",
                                    ["None", "Follow-up Allowed", "Opportunities Welcome", "Trusted Adviser"],
                                ),
                            ),
                            models.Q(
                                ("type", "firm_stability"),
                                ("value__in", ["Declined to Say", "Unstable", "Uncertain", "Stable"]),
                            ),
                            _connector="OR",
                        ),
                        name="signal_value_of_its_type",
                        violation_error_message="That value does not belong to this type of signal.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["high", "medium", "low"])),
                        name="signal_confidence_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalSuggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("movement_state", "Movement State"),
                            ("timing_window", "Timing Window"),
                            ("motivation_driver", "Motivation Driver"),
                            ("conversation_access", "Conversation Access"),
                            ("relationship_permission", "Relationship Permission"),
                            ("firm_stability", "Firm Stability"),
                        ],
                        max_length=24,
                    ),
                ),
                ("value", models.CharField(max_length=32)),
                ("words", models.TextField(blank=True, help_text="The words of the notes that speak for it.")),
                ("rule", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("refused", "Refused")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("suggested_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="calls.call",
                    ),
                ),
                (
                    "decided_by",
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
                        related_name="signal_suggestions",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-suggested_at", "-id"],
                "indexes": [
                    models.Index(fields=["workspace", "rule", "state"], name="suggestion_by_rule"),
                    models.Index(fields=["workspace", "-suggested_at", "-id"], name="suggestion_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("call", "rule", "workspace"),
                        name="suggestion_rule_unique",
                        violation_error_message="That rule has spoken on this call already.",
                    ),
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("workspace", "call"),
                        name="suggestion_call_in_workspace",
                        to="calls.Call",
                        to_fields=("workspace", "id"),
                        violation_error_message="The call belongs to another workspace.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("type", "movement_state"),
                                ("value__in", ["Not Moving", "Soft Listening", "Exploring", "Active"]),
                            ),
                            models.Q(
                                ("type", "timing_window"),
                                (
                                    "value__in",
                                    ["Unknown", "12+ months", "6-12 months", "3-6 months", "Within 3 months"],
                                ),
                            ),
                            models.Q(
                                ("type", "motivation_driver"),
                                (
                                    "value__in",
                                    [
                                        "Compensation",
                                        "Platform and Clients",
                                        "Advancement",
                                        "Culture and Leadership",
                                        "Flexibility",
                                        "Relocation",
                                        "Firm Instability",
                                        "Other",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("type", "conversation_access"),
                                ("value__in", ["Closed", "Guarded", "Open", "Inviting"]),
                            ),
                            models.Q(
                                ("type", "relationship_permission"),
                                (
                                    "value__in",
                                    ["None", "Follow-up Allowed", "Opportunities Welcome", "Trusted Adviser"],
                                ),
                            ),
                            models.Q(
                                ("type", "firm_stability"),
                                ("value__in", ["Declined to Say", "Unstable", "Uncertain", "Stable"]),
                            ),
                            _connector="OR",
                        ),
                        name="suggestion_value_of_its_type",
                        violation_error_message="That value does not belong to this type of signal.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "open")),
                            models.Q(("decided_at__isnull", False), ("state__in", ["accepted", "refused"])),
                            _connector="OR",
                        ),
                        name="suggestion_decided_with_time",
                        violation_error_message="A suggestion is open, or it was accepted or refused at some time.",
                    ),
                    models.CheckConstraint(condition=models.Q(("rule", ""), _negated=True), name="suggestion_has_rule"),
                ],
            },
        ),
    ]
