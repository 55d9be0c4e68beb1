from django.db import migrations, models

from config.db.concurrent_indexes import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ("markets", "0021_deleted_and_paused_webhooks"),
    ]

    operations = [
        AddIndexInUse(
            model_name="contact",
            index=models.Index(fields=["workspace", "updated_at"], name="contact_by_change"),
        ),
    ]
