import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import markets.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("campaigns", "0002_leaner_members"),
        ("markets", "0004_suppressions_from_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="brought_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="markets.importjob",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("workspace", "brought_by"),
                name="call_brought_by_in_workspace",
                to="markets.ImportJob",
                to_fields=("workspace", "id"),
                violation_error_message="The brought by belongs to another workspace.",
            ),
        ),
    ]
