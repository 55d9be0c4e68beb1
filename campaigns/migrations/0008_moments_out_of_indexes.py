from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.lookups import IsNull


def leave_room(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL writes what changed of a member beside the old row, and no index, where the page has room for it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE campaigns_campaigncontact SET (fillfactor = 80)")


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_since_when_called"),
        ("markets", "0009_weekly_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="campaigncontact", name="member_once"),
        migrations.RunPython(leave_room, migrations.RunPython.noop),  # before the new columns have all rows rewritten
        migrations.AddField(
            model_name="campaigncontact",
            name="is_called",
            field=models.GeneratedField(
                db_persist=True,
                expression=IsNull(models.F("last_attempt_at"), False),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField(
            model_name="campaigncontact",
            name="is_reached",
            field=models.GeneratedField(
                db_persist=True,
                expression=IsNull(models.F("last_conversation_at"), False),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["workspace", "contact", "campaign", "is_called", "is_reached"],
                name="member_once",
            ),
        ),
    ]
