"""A remembered mapping becomes a named preset, with room for formats. Mappings that were remembered stay."""

from django.conf import settings
from django.db import migrations, models


def keep_mappings(apps, schema_editor):
    presets = apps.get_model("markets", "ImportPreset").objects.using(schema_editor.connection.alias)
    for preset in presets.all():
        preset.options = {"columns": preset.fields, "results": preset.results}
        preset.name = f"Files of {preset.kind} {preset.pk}"
        preset.save(update_fields=["options", "name"])


class Migration(migrations.Migration):
    dependencies = [("markets", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RenameModel("ImportMapping", "ImportPreset"),
        migrations.AddField("ImportPreset", "options", models.JSONField(default=dict)),
        migrations.AddField("ImportPreset", "name", models.CharField(max_length=120, default="")),
        migrations.RunPython(keep_mappings, migrations.RunPython.noop),
        migrations.RemoveField("ImportPreset", "fields"),
        migrations.RemoveField("ImportPreset", "results"),
        migrations.RenameField("ImportPreset", "chosen_at", "updated_at"),
        migrations.RenameField("ImportPreset", "chosen_by", "updated_by"),
    ]
