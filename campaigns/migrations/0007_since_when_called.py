from typing import Any

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


def as_counted(apps: Any, schema_editor: Any) -> None:
    """It changed when the summary last did, or before: of a day until then the calls are looked at."""
    members = apps.get_model("campaigns", "CampaignContact").objects
    members.update(called_since=models.F("counted_at"), reached_since=models.F("counted_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0006_absences"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaigncontact",
            name="called_since",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
                editable=False,
                help_text="When it last changed whether they were called at all.",
            ),
        ),
        migrations.AddField(
            model_name="campaigncontact",
            name="reached_since",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
                editable=False,
                help_text="When it last changed whether they were spoken with.",
            ),
        ),
        migrations.RunPython(as_counted, migrations.RunPython.noop),
    ]
