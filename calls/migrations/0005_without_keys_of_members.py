import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes away the keys to members and campaigns, so that members can be known by their workspace, too."""

    dependencies = [("calls", "0004_tallies_by_outcome_and_hour"), ("markets", "0008_erasures")]

    operations = [
        migrations.RemoveConstraint(model_name="call", name="call_contact_in_campaign"),
        migrations.RemoveConstraint(model_name="call", name="call_campaign_in_workspace"),
        migrations.AlterField(
            model_name="call",
            name="suppression",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="markets.suppression",
            ),
        ),
    ]
