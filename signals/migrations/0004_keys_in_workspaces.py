"""For the tables of all apps: this app is the uppermost, so that its migrations come last."""

from django.db import migrations

from config.db.sharding.keys import KeyInWorkspaceUsingIndex


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0015_search_without_numbers_index"),
        ("campaigns", "0007_bulk_actions"),
        ("calls", "0005_attempt_and_wrong_number_indexes"),
        ("signals", "0003_build_keys_in_workspaces"),
    ]

    operations = [
        KeyInWorkspaceUsingIndex(
            "markets.OffLimits",
            "markets.Suppression",
            "markets.Market",
            "markets.Contact",
            "markets.MarketContact",
            "markets.ContactPoint",
            "markets.CustomField",
            "markets.ImportPreset",
            "markets.ImportJob",
            "markets.ImportedContact",
            "markets.ImportRejection",
            "markets.ImportNote",
            "markets.ContactChange",
            "markets.DecidedIdentity",
            "markets.ContactMerge",
            "markets.FormerKey",
            "markets.NotDuplicate",
            "markets.Erasure",
            "markets.ErasedKey",
            "markets.Tag",
            "markets.ContactTag",
            "campaigns.Campaign",
            "campaigns.StatusChange",
            "campaigns.Audience",
            "campaigns.CampaignSource",
            "campaigns.AudienceProposal",
            "campaigns.ProposedChange",
            "campaigns.PeopleSelection",
            "campaigns.SelectedPerson",
            "campaigns.BulkAction",
            "campaigns.BulkActionPerson",
            "campaigns.CampaignContact",
            "campaigns.Absence",
            "campaigns.Note",
            "campaigns.Mention",
            "campaigns.CampaignTag",
            "campaigns.Task",
            "campaigns.CampaignGoal",
            "campaigns.CampaignCaller",
            "campaigns.CampaignTemplate",
            "campaigns.CampaignReport",
            "campaigns.SharedLink",
            "campaigns.SelectedContact",
            "campaigns.SavedView",
            "campaigns.DefaultView",
            "calls.Correction",
            "calls.Call",
            "calls.CampaignDay",
            "calls.CampaignHour",
            "calls.Meeting",
            "calls.MeetingChange",
            "calls.CallReport",
            "signals.Signal",
            "signals.SignalSuggestion",
        ),
    ]
