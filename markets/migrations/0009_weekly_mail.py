from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0008_erasures"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="mailed_week",
            field=models.DateField(editable=False, help_text="The Monday of the newest week mailed.", null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="wants_weekly_mail",
            field=models.BooleanField(blank=True, help_text="Unknown: managers get it, others do not.", null=True),
        ),
    ]
