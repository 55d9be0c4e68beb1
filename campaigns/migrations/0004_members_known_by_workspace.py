import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0005_without_keys_of_members"),
        ("campaigns", "0003_the_queue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="campaigncontact", name="campaign_contact_once"),
        migrations.AddConstraint(
            model_name="campaigncontact",
            constraint=models.UniqueConstraint(
                fields=["campaign", "contact", "workspace"],
                name="campaign_contact_once",
                violation_error_message="This person is in the campaign already.",
            ),
        ),
        migrations.AlterField(
            model_name="campaigncontact",
            name="added_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="campaigncontact",
            name="removed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
