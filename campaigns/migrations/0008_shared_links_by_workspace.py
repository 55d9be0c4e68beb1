from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_bulk_actions")]

    operations = [
        migrations.AddConstraint(
            model_name="sharedlink",
            constraint=models.UniqueConstraint(fields=["token_hash", "workspace"], name="shared_link_token_unique"),
        ),
        migrations.AlterField(
            model_name="sharedlink",
            name="token_hash",
            field=models.CharField(editable=False, max_length=64),
        ),
    ]
