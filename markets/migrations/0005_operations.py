import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import config.db.append_only
import markets.models.access


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0004_campaign_life"),
    ]

    operations = [
        migrations.CreateModel(
            name="CachedValue",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("process", models.CharField(help_text="For example import_worker.", max_length=60)),
                ("machine", models.CharField(max_length=120)),
                ("pid", models.PositiveIntegerField(default=0, help_text="The number of the process on its machine.")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("beat_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("doing", models.CharField(blank=True, help_text="Without personal data.", max_length=120)),
                ("rows", models.JSONField(default=dict, help_text="Imported rows by kind of file since it started.")),
            ],
            options={
                "ordering": ["process", "machine", "pid"],
            },
        ),
        migrations.CreateModel(
            name="SignInDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "domain",
                    models.CharField(
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9-]+(\\.[a-z0-9-]+)+\\Z", "Write it like “acme.example”."
                            )
                        ],
                    ),
                ),
                (
                    "provider",
                    models.CharField(
                        help_text="The name after OIDC_ or SAML_, in small letters.",
                        max_length=200,
                        validators=[markets.models.access.validate_provider],
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("caller", "Caller"), ("manager", "Manager")],
                        default="viewer",
                        max_length=10,
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Switched off, nobody joins by it; members stay."),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["domain", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TaskRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "task",
                    models.CharField(
                        choices=[
                            ("backup", "Backup"),
                            ("restore_drill", "Restore drill"),
                            ("retention", "Retention"),
                            ("weekly_mail", "Weekly mail"),
                            ("mention_mail", "Mail of mentions"),
                            ("sessions", "Ended sessions"),
                        ],
                        max_length=20,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("figures", models.JSONField(default=dict, help_text="For example bytes, files and seconds.")),
            ],
            options={
                "ordering": ["-ended_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="importjob",
            name="queued_at",
            field=models.DateTimeField(help_text="When it, or its dry run, was last handed to a worker.", null=True),
        ),
        migrations.AddField(
            model_name="workspace",
            name="notes_kept_months",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Notes of older calls are emptied. Empty: notes are kept.", null=True
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="requires_second_factor",
            field=models.BooleanField(
                default=False, help_text="Members sign in with a second factor before they see anything."
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="uncalled_kept_months",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="People who were never called are erased. Empty: they are kept.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="workspace",
            field=models.ForeignKey(
                help_text="Empty for what concerns no workspace, such as a sign-in.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit_events",
                to="markets.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["-happened_at", "-id"], name="audit_event_newest"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["workspace", "user", "-happened_at"], name="audit_event_by_user"),
        ),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=config.db.append_only.AppendOnly(
                moment="happened_at", name="audit_event_append_only", switch="audit_maintenance"
            ),
        ),
        migrations.AddConstraint(
            model_name="heartbeat",
            constraint=models.UniqueConstraint(fields=("process", "machine", "pid"), name="heartbeat_unique"),
        ),
        migrations.AddField(
            model_name="signindomain",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sign_in_domains", to="markets.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="taskrun",
            index=models.Index(fields=["task", "-ended_at"], name="task_run_latest"),
        ),
        migrations.AddConstraint(
            model_name="taskrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("task__in", ["backup", "restore_drill", "retention", "weekly_mail", "mention_mail", "sessions"])
                ),
                name="task_run_task_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signindomain",
            constraint=models.UniqueConstraint(
                fields=("workspace", "domain", "provider"),
                name="sign_in_domain_unique",
                violation_error_message="The workspace has this domain already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signindomain",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "caller", "manager"])), name="sign_in_domain_role_known"
            ),
        ),
    ]
