import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import markets.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_when_counts_changed"),
        ("markets", "0009_weekly_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("removed_at", models.DateTimeField()),
                ("removed_reason", models.CharField(max_length=500)),
                ("returned_at", models.DateTimeField()),
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
            ],
            options={
                "ordering": ["removed_at", "id"],
                "indexes": [
                    models.Index(fields=["contact", "campaign"], name="absence_by_contact"),
                    models.Index(fields=["workspace", "returned_at"], name="absence_by_return"),
                ],
                "constraints": [
                    markets.constraints.CompositeForeignKey(
                        fields=("campaign", "contact", "workspace"),
                        name="absence_of_member",
                        to="campaigns.CampaignContact",
                        to_fields=("campaign", "contact", "workspace"),
                        violation_error_message="This person is not in the campaign.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned_at__gte", models.F("removed_at"))),
                        name="absence_ends_after_it_begins",
                        violation_error_message="Nobody comes back before they were removed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("removed_reason", ""), _negated=True),
                        name="absence_has_reason",
                        violation_error_message="Say why this person was removed.",
                    ),
                ],
            },
        ),
    ]
