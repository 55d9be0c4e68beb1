import django.db.models.deletion
from django.db import migrations, models

import markets.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0003_import_jobs"),
    ]

    operations = [
        migrations.AddField(
            model_name="suppression",
            name="brought_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suppressions",
                to="markets.importjob",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "brought_by"),
                name="suppression_brought_by_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The brought by belongs to another workspace.",
            ),
        ),
    ]
