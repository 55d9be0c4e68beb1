import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0002_import_presets"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField(help_text="The fields that changed, as they were.")),
                ("after", models.JSONField(help_text="The same fields, as they are since.")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["changed_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("phone", "Phone"), ("email", "Email")], max_length=5)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("typed", models.CharField(help_text="As it was typed.", max_length=254)),
                (
                    "phone_e164",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Empty unless valid.",
                        max_length=16,
                        verbose_name="phone (E.164)",
                    ),
                ),
                ("extension", models.CharField(blank=True, db_default="", default="", max_length=16)),
            ],
            options={
                "ordering": ["contact", "kind", "position", "id"],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="The letters and digits of the column's first name; never changes.", max_length=60
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("text", "Text"), ("number", "Number"), ("date", "Date"), ("choice", "Choice")],
                        default="text",
                        max_length=6,
                    ),
                ),
                (
                    "choices",
                    models.JSONField(blank=True, default=list, help_text="The values of a choice, as they were seen."),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_hidden", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="DecidedIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=120, verbose_name="external ID")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name_plural": "decided identities",
                "ordering": ["preset", "external_id"],
            },
        ),
        migrations.CreateModel(
            name="ImportNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField(help_text="Line of the file where the row begins.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("left_out", "Left out"),
                            ("disagreement", "File and person disagree"),
                            ("known_newer", "Known newer"),
                            ("warning", "Warning"),
                        ],
                        max_length=12,
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=40)),
                ("file_value", models.CharField(blank=True, help_text="As the file has it.", max_length=500)),
                ("stored_value", models.CharField(blank=True, max_length=500)),
                ("message", models.CharField(blank=True, max_length=500)),
                (
                    "call_id",
                    models.BigIntegerField(
                        help_text="The call, for files of calls: its app is a floor above.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["job", "line", "id"],
            },
        ),
        migrations.AlterModelOptions(
            name="importpreset",
            options={"ordering": ["workspace", "kind", "name", "id"]},
        ),
        migrations.RemoveConstraint(
            model_name="contact",
            name="contact_can_be_told_apart",
        ),
        migrations.RemoveConstraint(
            model_name="erasedkey",
            name="erased_key_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="formerkey",
            name="former_key_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="importpreset",
            name="import_mapping_unique",
        ),
        migrations.RemoveConstraint(
            model_name="importpreset",
            name="import_mapping_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="suppression",
            name="suppression_names_someone",
        ),
        migrations.AddField(
            model_name="contact",
            name="custom",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                editable=False,
                help_text="Values by custom field.",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="inferred_timezone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="By the number or the city, if no zone is given.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="person_fields",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Bitmask of fields that a person gave: no file changes them.",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="phone_extension",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name="contact",
            name="phone_problem",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Why the phone as typed cannot be called.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="profile_key",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The canonical profile URL, by which rows match.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="importedcontact",
            name="values",
            field=models.JSONField(help_text="What the file said: the normalised fields that it gave.", null=True),
        ),
        migrations.AddField(
            model_name="importjob",
            name="disagreements",
            field=models.PositiveIntegerField(default=0, help_text="Values that a person has corrected."),
        ),
        migrations.AddField(
            model_name="importjob",
            name="incomplete",
            field=models.PositiveIntegerField(default=0, help_text="Rows that are in, with values left out."),
        ),
        migrations.AddField(
            model_name="importjob",
            name="preset",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="The source.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="jobs",
                to="markets.importpreset",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="skipped_lines",
            field=models.JSONField(default=list, help_text="Lines outside the table, with their text."),
        ),
        migrations.AddField(
            model_name="suppression",
            name="email_domain",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="All addresses there, as in example.com.",
                max_length=253,
            ),
        ),
        migrations.AddField(
            model_name="suppression",
            name="phone_prefix",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="All numbers that begin so, as in +1212555.",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="suppression",
            name="rule",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                help_text="The suppression of a prefix or domain that covers this contact.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="covered",
                to="markets.suppression",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="phone_e164",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Empty unless it is valid.",
                max_length=16,
                verbose_name="phone (E.164)",
            ),
        ),
        migrations.AlterField(
            model_name="erasedkey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("external_id", "External ID"),
                    ("email", "Email"),
                    ("profile_key", "Profile URL"),
                    ("phone_e164", "Phone"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="formerkey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("external_id", "External ID"),
                    ("email", "Email"),
                    ("profile_key", "Profile URL"),
                    ("phone_e164", "Phone"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="importpreset",
            name="name",
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name="importpreset",
            name="options",
            field=models.JSONField(default=dict, help_text="As markets.imports.presets describes them."),
        ),
        migrations.AlterField(
            model_name="importpreset",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="import_presets", to="markets.workspace"
            ),
        ),
        migrations.AlterField(
            model_name="importrejection",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="import_rejections",
                to="markets.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("phone_problem", ""), _negated=True),
                fields=["workspace"],
                name="contact_phone_problem",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("profile_key", ""), _negated=True),
                fields=["workspace", "profile_key"],
                name="contact_by_profile",
            ),
        ),
        migrations.AddIndex(
            model_name="importrejection",
            index=models.Index(
                condition=models.Q(("code", "other_person")),
                fields=["workspace", "job", "line"],
                name="import_rejection_undecided",
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                condition=models.Q(
                    ("lifted_at", None),
                    models.Q(
                        models.Q(("phone_prefix", ""), _negated=True),
                        models.Q(("email_domain", ""), _negated=True),
                        _connector="OR",
                    ),
                ),
                fields=["workspace"],
                name="suppression_rule_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("external_id", ""), _negated=True),
                    models.Q(("email", ""), _negated=True),
                    models.Q(("profile_key", ""), _negated=True),
                    models.Q(("phone", ""), _negated=True),
                    models.Q(models.Q(("full_name", ""), _negated=True), models.Q(("firm", ""), _negated=True)),
                    _connector="OR",
                ),
                name="contact_can_be_told_apart",
                violation_error_message="A person needs an external ID, an email address, a profile URL, a phone number, or a full name with a firm.",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasedkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["external_id", "email", "profile_key", "phone_e164"])),
                name="erased_key_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["external_id", "email", "profile_key", "phone_e164"])),
                name="former_key_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importpreset",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="import_preset_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="importpreset",
            constraint=models.UniqueConstraint(fields=("workspace", "kind", "header_key"), name="import_preset_unique"),
        ),
        migrations.AddConstraint(
            model_name="importpreset",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["people", "calls", "suppressions"])), name="import_preset_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importpreset",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="import_preset_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact__isnull", False),
                    models.Q(("phone_e164", ""), _negated=True),
                    models.Q(("email", ""), _negated=True),
                    models.Q(("phone_prefix", ""), _negated=True),
                    models.Q(("email_domain", ""), _negated=True),
                    _connector="OR",
                ),
                name="suppression_names_someone",
                violation_error_message="Say whom: a person, a phone number, an email address, a prefix or a domain.",
            ),
        ),
        migrations.AddField(
            model_name="contactchange",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contactchange",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="contactchange",
            name="import_job",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contact_changes",
                to="markets.importjob",
            ),
        ),
        migrations.AddField(
            model_name="contactchange",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contact_changes",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contact_points",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="customfield",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="custom_fields", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="decidedidentity",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decided_identities",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="decidedidentity",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="decidedidentity",
            name="preset",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decided_identities",
                to="markets.importpreset",
            ),
        ),
        migrations.AddField(
            model_name="decidedidentity",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decided_identities", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="importnote",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="importnote",
            name="job",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="markets.importjob",
            ),
        ),
        migrations.AddField(
            model_name="importnote",
            name="workspace",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="contactchange",
            index=models.Index(
                condition=models.Q(("import_job", None)), fields=["workspace"], name="contact_change_by_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                fields=("contact", "kind", "typed", "workspace"), name="contact_point_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["phone", "email"])), name="contact_point_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("typed", ""), _negated=True), name="contact_point_has_value"
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="custom_field_key_unique"),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                name="custom_field_name_unique",
                violation_error_message="This workspace has a custom field of that name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="custom_field_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["text", "number", "date", "choice"])), name="custom_field_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="decidedidentity",
            constraint=models.UniqueConstraint(
                fields=("preset", "external_id", "workspace"), name="decided_identity_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="importnote",
            index=models.Index(fields=["workspace", "job", "line"], name="import_note_by_line"),
        ),
        migrations.AddConstraint(
            model_name="importnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["left_out", "disagreement", "known_newer", "warning"])),
                name="import_note_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "preset"),
                name="import_preset_in_workspace",
                to="markets.ImportPreset",
                to_fields=("workspace", "id"),
                violation_error_message="The preset belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "rule"),
                name="suppression_rule_in_workspace",
                to="markets.Suppression",
                to_fields=("workspace", "id"),
                violation_error_message="The rule belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactchange",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="contact_change_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactchange",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "import_job"),
                name="contact_change_import_job_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The import job belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="contact_point_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decidedidentity",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "preset"),
                name="decided_identity_preset_in_workspace",
                to="markets.ImportPreset",
                to_fields=("workspace", "id"),
                violation_error_message="The preset belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decidedidentity",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="decided_identity_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importnote",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "job"),
                name="import_note_job_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The job belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importnote",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="import_note_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
    ]
