import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0003_sources_and_phones"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="wants_mention_mail",
            field=models.BooleanField(default=True, help_text="Mails about notes that mention the user."),
        ),
        migrations.AddField(
            model_name="workspace",
            name="holiday_country",
            field=models.CharField(
                blank=True,
                help_text="Whose public holidays are no working days. Empty: the phone region's.",
                max_length=2,
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="holiday_region",
            field=models.CharField(blank=True, help_text="A state or province, as in US-NY: NY.", max_length=10),
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
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
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ContactTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tags",
                        to="markets.contact",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_tags",
                        to="markets.workspace",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_tags",
                        to="markets.tag",
                    ),
                ),
            ],
            options={
                "ordering": ["contact", "tag"],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("action", models.CharField(help_text="For example link_visited, callers_changed.", max_length=60)),
                ("subject_kind", models.CharField(blank=True, max_length=30)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("summary", models.CharField(help_text="A sentence without personal data.", max_length=500)),
                ("details", models.JSONField(default=dict)),
                (
                    "user",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="audit_events", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-happened_at", "-id"],
                "indexes": [
                    models.Index(fields=["workspace", "-happened_at", "-id"], name="audit_event_by_time"),
                    models.Index(fields=["workspace", "subject_kind", "subject_id"], name="audit_event_by_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action", ""), _negated=True), name="audit_event_has_action"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OffLimits",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "firm",
                    models.CharField(
                        blank=True, help_text="Everybody of this firm, in any letter case.", max_length=200
                    ),
                ),
                (
                    "firm_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower("firm"),
                        output_field=models.CharField(max_length=200),
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                (
                    "requested_by",
                    models.CharField(blank=True, help_text="Who at the client asked for it.", max_length=120),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("lifted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("lift_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="off_limits",
                        to="markets.contact",
                    ),
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
                    "lifted_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="off_limits", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "off-limits",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at", None)),
                        fields=["workspace", "firm_key"],
                        name="off_limits_by_firm",
                    ),
                    models.Index(
                        condition=models.Q(("lifted_at", None)),
                        fields=["workspace", "contact"],
                        name="off_limits_by_contact",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="off_limits_key_in_workspace"),
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("workspace", "contact"),
                        name="off_limits_contact_in_workspace",
                        to="markets.Contact",
                        to_fields=("workspace", "id"),
                        violation_error_message="The contact belongs to another workspace.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contact__isnull", False), ("firm", "")),
                            models.Q(("contact", None), models.Q(("firm", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="off_limits_person_or_firm",
                        violation_error_message="Say whom: a person or a firm.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="off_limits_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lift_reason", ""), ("lifted_at", None)),
                            models.Q(("lifted_at__isnull", False), models.Q(("lift_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="off_limits_lifted_with_reason",
                        violation_error_message="Say why the entry is lifted.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="tag_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                name="tag_name_unique",
                violation_error_message="This workspace has a tag of that name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="tag_has_name"),
        ),
        migrations.AddConstraint(
            model_name="contacttag",
            constraint=models.UniqueConstraint(
                fields=("contact", "tag", "workspace"),
                name="contact_tag_unique",
                violation_error_message="This person has that tag already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttag",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="contact_tag_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttag",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "tag"),
                name="contact_tag_tag_in_workspace",
                to="markets.Tag",
                to_fields=("workspace", "id"),
                violation_error_message="The tag belongs to another workspace.",
            ),
        ),
    ]
