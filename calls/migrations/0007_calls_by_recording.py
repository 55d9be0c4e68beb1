from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0006_calls_of_members"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["workspace", "recorded_at"], name="call_by_recording"),
        ),
    ]
