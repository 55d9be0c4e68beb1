import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import markets.constraints
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
                    "external_id",
                    models.CharField(blank=True, max_length=120, verbose_name="external ID"),
                ),
                ("full_name", models.CharField(blank=True, max_length=200)),
                ("first_name", models.CharField(blank=True, max_length=100)),
                ("last_name", models.CharField(blank=True, max_length=100)),
                (
                    "name_key",
                    models.CharField(blank=True, editable=False, max_length=400),
                ),
                ("firm", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("seniority", models.CharField(blank=True, max_length=80)),
                (
                    "email",
                    models.EmailField(blank=True, help_text="Kept in small letters.", max_length=254),
                ),
                (
                    "phone",
                    models.CharField(blank=True, help_text="As it was typed.", max_length=60),
                ),
                (
                    "phone_e164",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=16,
                        verbose_name="phone (E.164)",
                    ),
                ),
                (
                    "wrong_phone",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The number that last turned out to be incorrect.",
                        max_length=16,
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=120)),
                (
                    "timezone",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[markets.models.workspaces.validate_timezone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "profile_url",
                    models.URLField(blank=True, max_length=500, verbose_name="profile URL"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["full_name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Workspace",
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
                    "slug",
                    models.CharField(
                        max_length=50,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*\\Z",
                                "Use small letters, digits and single hyphens.",
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
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="User",
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
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
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
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
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
            name="Market",
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
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="markets",
                        to="markets.workspace",
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
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="market_contacts",
                        to="markets.contact",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="market_contacts",
                        to="markets.market",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
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
            field=models.ManyToManyField(
                related_name="contacts",
                through="markets.MarketContact",
                to="markets.market",
            ),
        ),
        migrations.CreateModel(
            name="Suppression",
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
                    "phone_e164",
                    models.CharField(blank=True, max_length=16, verbose_name="phone (E.164)"),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("reason", models.CharField(max_length=500)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "lift_reason",
                    models.CharField(blank=True, editable=False, max_length=500),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("caller", "Caller"),
                            ("manager", "Manager"),
                        ],
                        default="viewer",
                        max_length=10,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("last_seen_at", models.DateTimeField(editable=False, null=True)),
                ("previous_visit_at", models.DateTimeField(editable=False, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="markets.workspace",
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
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("caller", "Caller"),
                            ("manager", "Manager"),
                        ],
                        default="viewer",
                        max_length=10,
                    ),
                ),
                (
                    "token_hash",
                    models.CharField(editable=False, max_length=64, unique=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "expires_at",
                    models.DateTimeField(default=markets.models.workspaces.invitation_deadline),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="markets.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="markets.workspace",
            ),
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
                condition=models.Q(("lifted_at", None)),
                fields=["workspace", "contact"],
                name="suppression_open_contact",
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                condition=models.Q(("lifted_at", None)),
                fields=["workspace", "phone_e164"],
                name="suppression_open_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                condition=models.Q(("lifted_at", None)),
                fields=["workspace", "email"],
                name="suppression_open_email",
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
                condition=models.Q(("reason", ""), _negated=True),
                name="suppression_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lift_reason", ""), ("lifted_at", None)),
                    models.Q(
                        ("lifted_at__isnull", False),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="suppression_lifted_with_reason",
                violation_error_message="Say why the suppression is lifted.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("workspace", "user"),
                name="membership_once",
                violation_error_message="This user is a member of the workspace already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "caller", "manager"])),
                name="membership_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcontact",
            constraint=models.UniqueConstraint(
                fields=("market", "contact"),
                name="market_contact_once",
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
                name="market_name_once",
                violation_error_message="This workspace already has a market of that practice area and geography.",
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("practice_area", ""), _negated=True),
                name="market_has_practice_area",
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("geography", ""), _negated=True),
                name="market_has_geography",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "caller", "manager"])),
                name="invitation_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="invitation_open_once",
                violation_error_message="There is an open invitation for this address already; revoke it first.",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "full_name", "id"], name="contact_by_name"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["workspace", "name_key", "firm"],
                name="contact_by_name_and_firm",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "firm", "id"], name="contact_by_firm"),
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
                name="contact_external_id_once",
                violation_error_message="Somebody in this workspace has that external ID already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True),
                fields=("workspace", "email"),
                name="contact_email_once",
                violation_error_message="Somebody in this workspace has that email address already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone_e164", ""), _negated=True),
                fields=("workspace", "phone_e164", "name_key"),
                name="contact_phone_and_name_once",
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
                    models.Q(
                        models.Q(("full_name", ""), _negated=True),
                        models.Q(("firm", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="contact_can_be_told_apart",
                violation_error_message="A person needs an external ID, an email address, a phone number, or a full name with a firm.",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="suppression_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcontact",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "market"),
                name="market_contact_market_in_workspace",
                to="markets.Market",
                to_fields=("workspace", "id"),
                violation_error_message="The market belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcontact",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="market_contact_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
    ]
