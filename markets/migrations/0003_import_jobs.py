import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import markets.constraints
import markets.models.imports


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0002_contact_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("people", "People"), ("calls", "Calls"), ("suppressions", "Do not call")],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checking", "Checking"),
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                            ("undone", "Undone"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        help_text="Kept until the end.",
                        max_length=200,
                        storage=markets.models.imports.private_storage,
                        upload_to="",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "described",
                    models.CharField(blank=True, help_text="The format that was found, in words.", max_length=300),
                ),
                ("header", models.JSONField(default=list)),
                ("options", models.JSONField(default=dict, help_text="How the file is read and where its rows go.")),
                (
                    "row_count",
                    models.PositiveIntegerField(help_text="Rows in the file, once they were counted.", null=True),
                ),
                (
                    "checkpoint",
                    models.PositiveIntegerField(
                        default=0, help_text="Rows that are done; the next run begins after them."
                    ),
                ),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("enrolled", models.PositiveIntegerField(default=0)),
                ("do_not_call", models.PositiveIntegerField(default=0)),
                ("checked", models.JSONField(help_text="The counts of the dry run.", null=True)),
                ("failure", models.CharField(blank=True, max_length=1000)),
                ("lease_owner", models.CharField(blank=True, max_length=120)),
                ("lease_until", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone", models.JSONField(help_text="What the undo took back and what it left.", null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("people", "People"), ("calls", "Calls"), ("suppressions", "Do not call")],
                        max_length=12,
                    ),
                ),
                ("header_key", models.CharField(max_length=64)),
                ("fields", models.JSONField(help_text="The field of each header; empty where it is not read.")),
                ("chosen_at", models.DateTimeField(auto_now=True)),
                (
                    "chosen_by",
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
                        related_name="import_mappings",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["workspace", "kind", "header_key"],
            },
        ),
        migrations.CreateModel(
            name="ImportRejection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("message", models.TextField()),
                ("cells", models.JSONField()),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rejections",
                        to="markets.importjob",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["job", "line"],
            },
        ),
        migrations.CreateModel(
            name="ImportedContact",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "job", "contact", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="Of the file: where the row begins that first named the person."
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("c", "created"),
                            ("u", "updated"),
                            ("=", "unchanged"),
                            ("n", "only named, by a refused row"),
                        ],
                        max_length=1,
                    ),
                ),
                ("said", models.PositiveIntegerField(help_text="One bit for each field that rows of the file gave.")),
                ("is_placed", models.BooleanField(help_text="New in the market's landscape.")),
                ("is_enrolled", models.BooleanField(help_text="New in the campaign.")),
                ("is_do_not_call", models.BooleanField(help_text="Suppressed when the file named them.")),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="markets.contact",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.workspace",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="markets.importjob",
                    ),
                ),
            ],
            options={
                "ordering": ["job", "line"],
            },
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_by_name_and_firm",
        ),
        migrations.AlterField(
            model_name="contact",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="markets.workspace",
            ),
        ),
        migrations.AlterField(
            model_name="marketcontact",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="market_contacts",
                to="markets.contact",
            ),
        ),
        migrations.AlterField(
            model_name="marketcontact",
            name="market",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="market_contacts",
                to="markets.market",
            ),
        ),
        migrations.AlterField(
            model_name="marketcontact",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="market_contacts",
                to="markets.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("name_key", ""), _negated=True),
                fields=["workspace", "name_key", "firm"],
                name="contact_by_name_and_firm",
            ),
        ),
        migrations.AddIndex(
            model_name="importjob",
            index=models.Index(fields=["workspace", "-created_at", "-id"], name="import_by_time"),
        ),
        migrations.AddIndex(
            model_name="importjob",
            index=models.Index(
                condition=models.Q(("state__in", ("checking", "waiting", "running"))),
                fields=["state", "id"],
                name="import_for_a_worker",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="import_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["people", "calls", "suppressions"])), name="import_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "checking", "waiting", "running", "completed", "failed", "undone"])
                ),
                name="import_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "checkpoint",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created"), "+", models.F("updated")
                                ),
                                "+",
                                models.F("unchanged"),
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    )
                ),
                name="import_rows_add_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(("failure", ""), _negated=True),
                    _connector="OR",
                ),
                name="import_failed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(fields=("workspace", "kind", "header_key"), name="import_mapping_once"),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["people", "calls", "suppressions"])), name="import_mapping_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrejection",
            constraint=models.UniqueConstraint(fields=("job", "line"), name="import_rejection_once"),
        ),
        migrations.AddConstraint(
            model_name="importrejection",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "job"),
                name="import_rejection_job_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The job belongs to another workspace.",
            ),
        ),
    ]
