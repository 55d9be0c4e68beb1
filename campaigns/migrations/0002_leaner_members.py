import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0001_initial"),
        ("markets", "0003_import_jobs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="campaigncontact",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="campaigns.campaign",
            ),
        ),
        migrations.AlterField(
            model_name="campaigncontact",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_contacts",
                to="markets.contact",
            ),
        ),
        migrations.AlterField(
            model_name="campaigncontact",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_contacts",
                to="markets.workspace",
            ),
        ),
    ]
