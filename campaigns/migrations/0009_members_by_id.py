from django.db import migrations, models

from config.db.concurrent_indexes import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ("campaigns", "0008_shared_links_by_workspace"),
    ]

    operations = [
        AddIndexInUse(
            model_name="campaigncontact",
            index=models.Index(fields=["campaign", "workspace", "id"], name="member_by_id"),
        ),
    ]
