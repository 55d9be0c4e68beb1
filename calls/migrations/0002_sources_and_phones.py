import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import config.db.composite_keys


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("markets", "0003_sources_and_phones"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="reported_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the source sent its newest version that counts, if it says so.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="CallReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("values", models.JSONField(help_text="The fields that the source gave.")),
                ("reported_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="calls.call",
                    ),
                ),
                (
                    "preset",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.importpreset",
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
                "ordering": ["call", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("preset__isnull", False)),
                        fields=("call", "preset", "workspace"),
                        name="call_report_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("preset", None)),
                        fields=("call", "workspace"),
                        name="call_report_of_api_unique",
                    ),
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("workspace", "call"),
                        name="call_report_call_in_workspace",
                        to="calls.Call",
                        to_fields=("workspace", "id"),
                        violation_error_message="The call belongs to another workspace.",
                    ),
                    config.db.composite_keys.CompositeForeignKey(
                        fields=("workspace", "preset"),
                        name="call_report_preset_in_workspace",
                        to="markets.ImportPreset",
                        to_fields=("workspace", "id"),
                        violation_error_message="The preset belongs to another workspace.",
                    ),
                ],
            },
        ),
    ]
