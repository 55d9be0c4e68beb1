from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0003_who_speaks_for_what"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["workspace", "captured_at"], name="signal_by_capture"),
        ),
    ]
