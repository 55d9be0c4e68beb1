from django.db import migrations

from config.db.sharding.keys import KeyInWorkspace


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0017_workspace_exports"),
        ("signals", "0004_keys_in_workspaces"),
    ]

    operations = [
        KeyInWorkspace(
            "markets.WorkspaceExport",
        ),
    ]
