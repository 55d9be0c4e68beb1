from django.db import migrations

import markets.constraints


class Migration(migrations.Migration):
    """One key says that a call's person is in its campaign and that both are of its workspace."""

    dependencies = [("calls", "0005_without_keys_of_members"), ("campaigns", "0004_members_known_by_workspace")]

    operations = [
        migrations.AddConstraint(
            model_name="call",
            constraint=markets.constraints.CompositeForeignKey(
                fields=("campaign", "contact", "workspace"),
                name="call_contact_in_campaign",
                to="campaigns.CampaignContact",
                to_fields=("campaign", "contact", "workspace"),
                violation_error_message="This person is not in the campaign.",
            ),
        ),
    ]
