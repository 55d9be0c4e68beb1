"""What has to be so that each write of a workspace is possible, and on which page its form is."""

from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.utils.timezone import now

from campaigns.lifecycle.transitions import change_status
from campaigns.models import Campaign, PeopleSelection
from markets.imports.presets.exchange import preset_to_json
from markets.models import Contact, ImportJob, ImportPreset, MarketContact, User, Workspace
from tests.access_rows import ROWS
from tests.factories import CampaignFactory, MembershipFactory

WRITES = [row for row in ROWS if "POST" in row.methods.split()]
LEAVE_NOTHING = {
    "audiences:explore": "shows people and writes nothing",
    "audiences:draft": "shows a rule that is being edited and writes nothing",
    "selection:change": "who is ticked on a list, until something is done to them, which is recorded",
    "views:change": "how a list is looked at; no data",
    "weekly_mail": "one's own mail",
    "mentions:mail": "one's own mail",
    "mentions:seen": "one's own mentions",
    "campaigns:skip": "frees one's own screen for an hour; whoever calls is recorded with the call",
    "campaigns:audience_check": "lets the portal compare at once what it compares every night",
    "webhooks:test": "an event without data, in the log of deliveries",
    "webhooks:replay": "the same event again, in the log of deliveries",
    "imports:reread": "a draft: nothing is imported before it is started, which is recorded",
}
PAGES_OF = {
    "contacts:merge": ["contacts:duplicate"],
    "campaigns:audience_rule": ["campaigns:audience"],
    "campaigns:spread": ["campaigns:callers"],
    "meetings:change": ["meetings:detail"],
    "webhooks:switch": ["webhooks:detail"],
    "webhooks:delete": ["webhooks:detail"],
    "webhooks:rotate": ["webhooks:detail"],
    "webhooks:test": ["webhooks:detail"],
    "webhooks:replay": ["webhooks:detail"],
}
"""The pages that have the forms of what has none of its own."""


def paused_with_a_callback(ours):
    campaign = Campaign.objects.get(pk=ours.ids["campaign"])
    change_status(campaign=campaign, to="paused", by=None, reason="Holidays")
    ours.ids["owed"] = campaign.calls.filter(disposition="callback_requested").first().pk


def chosen_from_the_landscape(ours):
    duplicate = Contact.objects.get(pk=ours.ids["duplicate"])
    MarketContact.objects.create(workspace=ours.workspace, market_id=ours.ids["market"], contact=duplicate)


def with_a_draft(ours):
    ours.ids["campaign"] = CampaignFactory(market_id=ours.ids["market"], workspace=ours.workspace).pk


def in_state(state, **fields):
    return lambda ours: ImportJob.objects.filter(pk=ours.ids["import"]).update(state=state, **fields)


def with_a_spare_caller(ours):
    ours.ids["spare_caller"] = MembershipFactory(workspace=ours.workspace, role="caller").user.pk


def with_a_preset_file(ours):
    text = preset_to_json(ImportPreset.objects.get(pk=ours.ids["preset"]))
    ours.ids["preset_file"] = SimpleUploadedFile("monthly.json", text.encode())


def requiring_a_second_factor(ours):
    TOTP.activate(ours.manager, generate_totp_secret())
    Workspace.objects.filter(pk=ours.workspace.pk).update(requires_second_factor=True)


def selected_by_everybody(ours):
    """A member of the campaign, and somebody of the landscape. Members of other workspaces select nobody here."""
    chosen_from_the_landscape(ours)
    for user in User.objects.filter(Q(memberships__workspace=ours.workspace) | Q(memberships=None)):
        for campaign in (None, ours.ids["campaign"]):
            selection, _ = PeopleSelection.objects.get_or_create(
                workspace=ours.workspace, user=user, campaign_id=campaign
            )
            for kind in ("contact", "duplicate"):
                selection.people.get_or_create(workspace=ours.workspace, contact_id=ours.ids[kind])


def archived(ours):
    Workspace.objects.filter(pk=ours.workspace.pk).update(archived_at=now())
    ours.ids["name"] = ours.workspace.name


def to_be_deleted(ours):
    Workspace.objects.filter(pk=ours.workspace.pk).update(archived_at=now(), delete_after=now() + timedelta(days=9))


BEFORE = {
    "archive_bring_back": archived,
    "archive_delete": archived,
    "archive_keep": to_be_deleted,
    "campaigns:callers": with_a_spare_caller,
    "campaigns:choose": chosen_from_the_landscape,
    "campaigns:tick": chosen_from_the_landscape,
    "campaigns:delete": with_a_draft,
    "campaigns:bulk_status": lambda ours: ours.ids.update(seen=f"{ours.ids['campaign']}:active"),
    "campaigns:report_freeze": lambda ours: ours.ids.update(campaign=ours.ids["reported"]),
    "callbacks:decide": paused_with_a_callback,
    "settings_second_factor": requiring_a_second_factor,
    **dict.fromkeys(
        [f"selection:{name}" for name in "add assign remove tag untag suppress off_limits".split()],
        selected_by_everybody,
    ),
    "sample_data": lambda ours: Workspace.objects.filter(pk=ours.workspace.pk).update(sample_rows={}),
    "imports:start": in_state("draft", dry_run_report={}),
    "imports:stop": in_state("waiting"),
    "imports:undo": lambda ours: ours.ids.update({"import": ours.ids["ended_import"]}),
    "imports:preset_upload": with_a_preset_file,
}
"""What has to be so that the write is possible."""
