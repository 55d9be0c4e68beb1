import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys
import markets.models.imports
import markets.models.workspaces


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "external_id",
                    models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="external ID"),
                ),
                ("full_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("first_name", models.CharField(blank=True, db_default="", default="", max_length=100)),
                ("last_name", models.CharField(blank=True, db_default="", default="", max_length=100)),
                ("name_key", models.CharField(blank=True, db_default="", default="", editable=False, max_length=400)),
                ("firm", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("title", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("seniority", models.CharField(blank=True, db_default="", default="", max_length=80)),
                (
                    "email",
                    models.EmailField(
                        blank=True, db_default="", default="", help_text="Kept in small letters.", max_length=254
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="As it was typed.", max_length=60
                    ),
                ),
                (
                    "phone_e164",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        max_length=16,
                        verbose_name="phone (E.164)",
                    ),
                ),
                (
                    "wrong_phone",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        help_text="The number that last turned out to be incorrect.",
                        max_length=16,
                    ),
                ),
                ("city", models.CharField(blank=True, db_default="", default="", max_length=120)),
                (
                    "timezone",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=64,
                        validators=[markets.models.workspaces.validate_timezone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "profile_url",
                    models.URLField(blank=True, db_default="", default="", max_length=500, verbose_name="profile URL"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["full_name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Workspace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.CharField(
                        max_length=50,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*\\Z", "Use small letters, digits and single hyphens."
                            )
                        ],
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[markets.models.workspaces.validate_timezone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "phone_region",
                    models.CharField(
                        default="US",
                        help_text="The country of a number typed without one.",
                        max_length=2,
                        validators=[markets.models.workspaces.validate_region],
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "email",
                    models.EmailField(
                        error_messages={"unique": "A user with this email address already exists."},
                        max_length=254,
                        unique=True,
                        verbose_name="email address",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("merged_id", models.BigIntegerField(verbose_name="merged contact's ID")),
                ("label", models.CharField(max_length=254, verbose_name="merged person")),
                ("fields", models.JSONField(help_text="What was stored of the merged person.")),
                (
                    "replaced",
                    models.JSONField(default=dict, help_text="What the kept person had before, where it was replaced."),
                ),
                ("moved", models.JSONField(help_text="The ids of what moved, by kind.")),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="markets.contact",
                    ),
                ),
                (
                    "merged_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_merges",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-merged_at", "-id"],
            },
        ),
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
                    "format_description",
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
                ("dry_run_report", models.JSONField(help_text="The counts of the dry run.", null=True)),
                ("failure", models.CharField(blank=True, max_length=1000)),
                ("lease_owner", models.CharField(blank=True, max_length=120)),
                ("lease_until", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undo_report", models.JSONField(help_text="What the undo took back and what it left.", null=True)),
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
            name="Market",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("practice_area", models.CharField(max_length=80)),
                ("geography", models.CharField(max_length=80)),
                ("seniority", models.CharField(blank=True, max_length=80)),
                ("firm_tier", models.CharField(blank=True, max_length=80)),
                (
                    "name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Concat(
                            "practice_area", models.Value(" -- "), "geography"
                        ),
                        output_field=models.CharField(max_length=164),
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
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="markets", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="MarketContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="market_contacts",
                        to="markets.contact",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="market_contacts",
                        to="markets.market",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="market_contacts",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["market", "contact"],
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="markets",
            field=models.ManyToManyField(related_name="contacts", through="markets.MarketContact", to="markets.market"),
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_e164", models.CharField(blank=True, max_length=16, verbose_name="phone (E.164)")),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("reason", models.CharField(max_length=500)),
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
                        related_name="suppressions",
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
                    "import_job",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="markets.importjob",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="suppressions", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="NotDuplicate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "high",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.contact",
                    ),
                ),
                (
                    "low",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.contact",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="not_duplicates",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-decided_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("caller", "Caller"), ("manager", "Manager")],
                        default="viewer",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("last_seen_at", models.DateTimeField(editable=False, null=True)),
                ("previous_visit_at", models.DateTimeField(editable=False, null=True)),
                (
                    "wants_weekly_mail",
                    models.BooleanField(blank=True, help_text="Unknown: managers get it, others do not.", null=True),
                ),
                (
                    "mailed_week",
                    models.DateField(editable=False, help_text="The Monday of the newest week mailed.", null=True),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["workspace", "user"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("caller", "Caller"), ("manager", "Manager")],
                        default="viewer",
                        max_length=10,
                    ),
                ),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField(default=markets.models.workspaces.invitation_deadline)),
                ("accepted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
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
                        db_constraint=False,
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
                ("fields", models.JSONField(help_text="The field of each column; empty if the column is ignored.")),
                (
                    "results",
                    models.JSONField(
                        default=dict, help_text="The disposition of each of the dialer's words for a result."
                    ),
                ),
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
                        help_text="Line of the file where the first row about this contact begins."
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
                (
                    "field_mask",
                    models.PositiveIntegerField(
                        help_text="Bitmask of the fields that rows of the file had a value for."
                    ),
                ),
                ("is_placed", models.BooleanField(help_text="The import added the contact to the market.")),
                ("is_enrolled", models.BooleanField(help_text="The import added the contact to the campaign.")),
                (
                    "is_do_not_call",
                    models.BooleanField(help_text="The contact was suppressed at the time of the import."),
                ),
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
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="markets.importjob",
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
            ],
            options={
                "ordering": ["job", "line"],
            },
        ),
        migrations.CreateModel(
            name="FormerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("external_id", "External ID"), ("email", "Email"), ("phone_e164", "Phone")],
                        max_length=12,
                    ),
                ),
                ("value", models.CharField(max_length=254)),
                (
                    "name_key",
                    models.CharField(blank=True, help_text="The name that belongs to a phone number.", max_length=400),
                ),
                (
                    "merge",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="markets.contactmerge",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="former_keys", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["merge", "id"],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("erased_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reason", models.CharField(max_length=500)),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="markets.contact",
                    ),
                ),
                (
                    "erased_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasures", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-erased_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ErasedKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("external_id", "External ID"), ("email", "Email"), ("phone_e164", "Phone")],
                        max_length=12,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "suppression",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erased_keys",
                        to="markets.suppression",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="erased_keys", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["suppression", "id"],
            },
        ),
        migrations.AddField(
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
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="Who uses it, such as the dialer's name.", max_length=80)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
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
                    "revoked_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="api_tokens", to="markets.workspace"
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "ordering": ["workspace", "name", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="user_email_folded",
                violation_error_message="Write the email address in small letters.",
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                condition=models.Q(("lifted_at", None)), fields=["workspace", "contact"], name="suppression_by_contact"
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                condition=models.Q(("lifted_at", None)), fields=["workspace", "phone_e164"], name="suppression_by_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                condition=models.Q(("lifted_at", None)), fields=["workspace", "email"], name="suppression_by_email"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="suppression_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact__isnull", False),
                    models.Q(("phone_e164", ""), _negated=True),
                    models.Q(("email", ""), _negated=True),
                    _connector="OR",
                ),
                name="suppression_names_someone",
                violation_error_message="Say whom: a person, a phone number or an email address.",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="suppression_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lift_reason", ""), ("lifted_at", None)),
                    models.Q(("lifted_at__isnull", False), models.Q(("lift_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="suppression_lifted_with_reason",
                violation_error_message="Say why the suppression is lifted.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notduplicate",
            constraint=models.UniqueConstraint(fields=("low", "high", "workspace"), name="not_duplicate_unique"),
        ),
        migrations.AddConstraint(
            model_name="notduplicate",
            constraint=models.CheckConstraint(
                condition=models.Q(("low__lt", models.F("high"))), name="not_duplicate_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("workspace", "user"),
                name="membership_unique",
                violation_error_message="This user is a member of the workspace already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "caller", "manager"])), name="membership_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcontact",
            constraint=models.UniqueConstraint(
                fields=("market", "contact", "workspace"),
                name="market_contact_unique",
                violation_error_message="This person is in the market's landscape already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="market_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("practice_area"),
                django.db.models.functions.text.Lower("geography"),
                name="market_name_unique",
                violation_error_message="This workspace already has a market of that practice area and geography.",
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("practice_area", ""), _negated=True), name="market_has_practice_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("geography", ""), _negated=True), name="market_has_geography"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "caller", "manager"])), name="invitation_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="invitation_open_unique",
                violation_error_message="There is an open invitation for this address already; revoke it first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrejection",
            constraint=models.UniqueConstraint(fields=("job", "line", "workspace"), name="import_rejection_unique"),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(
                fields=("workspace", "kind", "header_key"), name="import_mapping_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["people", "calls", "suppressions"])), name="import_mapping_kind_known"
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
                name="import_for_worker",
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
        migrations.AddIndex(
            model_name="formerkey",
            index=models.Index(fields=["workspace", "kind", "value"], name="former_key_by_value"),
        ),
        migrations.AddConstraint(
            model_name="formerkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["external_id", "email", "phone_e164"])), name="former_key_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="formerkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", ""), _negated=True), name="former_key_has_value"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="erasure_has_reason",
                violation_error_message="Say why the person is erased.",
            ),
        ),
        migrations.AddIndex(
            model_name="erasedkey",
            index=models.Index(fields=["workspace", "digest"], name="erased_key_by_digest"),
        ),
        migrations.AddConstraint(
            model_name="erasedkey",
            constraint=models.UniqueConstraint(
                fields=("suppression", "kind", "digest", "workspace"), name="erased_key_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasedkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["external_id", "email", "phone_e164"])), name="erased_key_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasedkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest", ""), _negated=True), name="erased_key_has_digest"
            ),
        ),
        migrations.AddIndex(
            model_name="contactmerge",
            index=models.Index(fields=["workspace", "-merged_at", "-id"], name="contact_merge_by_time"),
        ),
        migrations.AddConstraint(
            model_name="contactmerge",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="contact_merge_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="contactmerge",
            constraint=models.UniqueConstraint(
                fields=("workspace", "merged_id"),
                name="contact_merge_unique",
                violation_error_message="This person was merged already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact", models.F("merged_id")), _negated=True),
                name="contact_merge_of_two",
                violation_error_message="A person cannot be merged into themselves.",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "full_name", "id"], name="contact_by_name"),
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
            model_name="contact",
            index=models.Index(fields=["workspace", "firm", "id"], name="contact_by_firm"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("wrong_phone", ""), _negated=True), fields=["workspace"], name="contact_wrong_phone"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="contact_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("workspace", "external_id"),
                name="contact_external_id_unique",
                violation_error_message="Somebody in this workspace has that external ID already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True),
                fields=("workspace", "email"),
                name="contact_email_unique",
                violation_error_message="Somebody in this workspace has that email address already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone_e164", ""), _negated=True),
                fields=("workspace", "phone_e164", "name_key"),
                name="contact_phone_and_name_unique",
                violation_error_message="Somebody of that name has that phone number in this workspace already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="contact_email_folded",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("external_id", ""), _negated=True),
                    models.Q(("email", ""), _negated=True),
                    models.Q(("phone", ""), _negated=True),
                    models.Q(models.Q(("full_name", ""), _negated=True), models.Q(("firm", ""), _negated=True)),
                    _connector="OR",
                ),
                name="contact_can_be_told_apart",
                violation_error_message="A person needs an external ID, an email address, a phone number, or a full name with a firm.",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("workspace", "name"),
                name="api_token_name_unique",
                violation_error_message="This workspace has a token of that name already; revoke it first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="api_token_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="suppression_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "import_job"),
                name="suppression_import_job_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The import job belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notduplicate",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "low"),
                name="not_duplicate_low_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The low belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notduplicate",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "high"),
                name="not_duplicate_high_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The high belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcontact",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "market"),
                name="market_contact_market_in_workspace",
                to="markets.Market",
                to_fields=("workspace", "id"),
                violation_error_message="The market belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcontact",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="market_contact_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrejection",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "job"),
                name="import_rejection_job_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The job belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerkey",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "merge"),
                name="former_key_merge_in_workspace",
                to="markets.ContactMerge",
                to_fields=("workspace", "id"),
                violation_error_message="The merge belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="erasure_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasedkey",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "suppression"),
                name="erased_key_suppression_in_workspace",
                to="markets.Suppression",
                to_fields=("workspace", "id"),
                violation_error_message="The suppression belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactmerge",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="contact_merge_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
    ]
