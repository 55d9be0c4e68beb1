from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("markets", "0006_api_tokens")]

    operations = [
        migrations.AddField(
            model_name="importmapping",
            name="results",
            field=models.JSONField(default=dict, help_text="The disposition of each of a dialer's words for a result."),
        ),
    ]
