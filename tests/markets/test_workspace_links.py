"""Rows that refer to another workspace are refused, by forms and by the database itself."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from calls.models import Call, CampaignDay, CampaignHour
from campaigns.models import (
    Absence,
    AudienceProposal,
    Campaign,
    CampaignCaller,
    CampaignContact,
    CampaignGoal,
    CampaignReport,
    CampaignSource,
    CampaignTag,
    Mention,
    Note,
    ProposedChange,
    SelectedContact,
    SharedLink,
    Task,
)
from markets.models import (
    ContactMerge,
    ContactTag,
    ErasedKey,
    Erasure,
    FormerKey,
    MarketContact,
    NotDuplicate,
    OffLimits,
    Suppression,
)
from signals.models import Signal, SignalSuggestion
from tests.factories import (
    ContactFactory,
    MarketFactory,
    MembershipFactory,
    SuppressionFactory,
    UserFactory,
    WorkspaceFactory,
    active_campaign,
    call,
    member,
    signal,
)


def save_and_check(row):
    """Saves and checks the foreign keys, which are otherwise checked at commit: a test never commits."""
    with transaction.atomic():
        row.save()
        connection.check_constraints()


@pytest.fixture
def other(db):
    return active_campaign(market=MarketFactory(workspace=WorkspaceFactory()))


def links_of(campaign, other):
    """For each foreign key, a row of one workspace that refers to the other workspace by that key."""
    ours, foreign = campaign.workspace, other.members.first().contact
    mine = campaign.members.first().contact
    made = call(campaign, disposition="future_potential")
    low, high = sorted((mine, foreign), key=lambda each: each.pk)
    merged = {"merged_id": 10**9, "label": "Bent", "fields": {}, "replaced": {}, "moved": {}}
    foreign_merge = ContactMerge.objects.create(workspace=other.workspace, contact=foreign, **merged)
    return {
        "selection to campaign": SelectedContact(workspace=ours, campaign=other, contact=mine, user=UserFactory()),
        "selection to contact": SelectedContact(workspace=ours, campaign=campaign, contact=foreign, user=UserFactory()),
        "merge to contact": ContactMerge(workspace=ours, contact=foreign, **merged),
        "key to merge": FormerKey(workspace=ours, merge=foreign_merge, kind="email", value="bent@people.example"),
        "erasure to contact": Erasure(workspace=ours, contact=foreign, reason="Bent"),
        "erased key to suppression": ErasedKey(
            workspace=ours,
            suppression=SuppressionFactory(workspace=other.workspace, email="bent@people.example"),
            kind="email",
            digest="bent",
        ),
        "decision to contact": NotDuplicate(workspace=ours, low=low, high=high),
        "campaign to market": Campaign(workspace=ours, market=other.market, name="Bent"),
        "campaign to campaign": Campaign(workspace=ours, market=campaign.market, name="Bent", follows=other),
        "goal to campaign": CampaignGoal(workspace=ours, campaign=other, kind="meetings", target=3),
        "report to campaign": CampaignReport(workspace=ours, campaign=other, document={}),
        "caller to campaign": CampaignCaller(workspace=ours, campaign=other, user=UserFactory()),
        "landscape to market": MarketContact(
            workspace=ours, market=other.market, contact=ContactFactory(workspace=ours)
        ),
        "landscape to contact": MarketContact(workspace=ours, market=campaign.market, contact=foreign),
        "member to contact": CampaignContact(workspace=ours, campaign=campaign, contact=foreign),
        "member to campaign": CampaignContact(workspace=ours, campaign=other, contact=mine),
        "absence to member": Absence(
            workspace=ours,
            campaign=campaign,
            contact=foreign,
            removed_at=now(),
            removed_reason="Bent",
            returned_at=now(),
        ),
        "source to campaign": CampaignSource(workspace=ours, campaign=campaign, source=other),
        "campaign to its source": CampaignSource(workspace=ours, campaign=other, source=campaign),
        "proposal to campaign": AudienceProposal(workspace=ours, campaign=other, rule={"version": 1}),
        "change to proposal": ProposedChange(
            workspace=ours,
            proposal=AudienceProposal.objects.create(workspace=other.workspace, campaign=other, rule={"version": 1}),
            contact=mine,
            change="join",
        ),
        "change to contact": ProposedChange(
            workspace=ours,
            proposal=AudienceProposal.objects.create(workspace=ours, campaign=campaign, rule={"version": 1}),
            contact=foreign,
            change="join",
        ),
        "link to market": SharedLink(
            workspace=ours, market=other.market, token_hash="bent market", expires_at=now(), document={}
        ),
        "link to report": SharedLink(
            workspace=ours,
            report=CampaignReport.objects.create(workspace=other.workspace, campaign=other, document={}),
            token_hash="bent report",
            expires_at=now(),
            document={},
        ),
        "suppression to contact": Suppression(workspace=ours, contact=foreign, reason="Bent"),
        "off-limits to contact": OffLimits(workspace=ours, contact=foreign, reason="Bent"),
        "note to contact": Note(workspace=ours, contact=foreign, text="Bent"),
        "note to campaign": Note(workspace=ours, campaign=other, text="Bent"),
        "mention to note": Mention(
            workspace=ours,
            note=Note.objects.create(workspace=other.workspace, campaign=other, text="Bent"),
            user=MembershipFactory().user,
        ),
        "task to contact": Task(workspace=ours, contact=foreign, title="Bent"),
        "task to campaign": Task(workspace=ours, campaign=other, title="Bent"),
        "person's tag to contact": ContactTag(workspace=ours, contact=foreign, tag=ours.tags.create(name="Bent 1")),
        "person's tag to tag": ContactTag(workspace=ours, contact=mine, tag=other.workspace.tags.create(name="Bent 2")),
        "campaign's tag to campaign": CampaignTag(workspace=ours, campaign=other, tag=ours.tags.create(name="Bent 3")),
        "campaign's tag to tag": CampaignTag(
            workspace=ours, campaign=campaign, tag=other.workspace.tags.create(name="Bent 4")
        ),
        "call to campaign": Call(workspace=ours, campaign=other, contact=mine, started_at=now()),
        "call to contact": Call(workspace=ours, campaign=campaign, contact=foreign, started_at=now()),
        "day to campaign": CampaignDay(workspace=ours, campaign=other, day=ours.today()),
        "hour to campaign": CampaignHour(workspace=ours, campaign=other, day=ours.today(), hour=9),
        "signal to call": Signal(
            workspace=ours, call=call(other), contact=foreign, type="firm_stability", value="Stable", heard_at=now()
        ),
        "signal to campaign": Signal(
            workspace=ours,
            call=made,
            contact=made.contact,
            type="firm_stability",
            value="Stable",
            heard_at=now(),
            current_campaign=other,
        ),
        "suggestion to call": SignalSuggestion(
            workspace=ours, call=call(other), type="firm_stability", value="Stable", rule="bent"
        ),
        "signal to contact": Signal(
            workspace=ours, call=made, contact=foreign, type="firm_stability", value="Stable", heard_at=now()
        ),
    }


LINKS = [
    "merge to contact",
    "key to merge",
    "erasure to contact",
    "erased key to suppression",
    "decision to contact",
    "campaign to market",
    "campaign to campaign",
    "goal to campaign",
    "report to campaign",
    "caller to campaign",
    "landscape to market",
    "landscape to contact",
    "member to contact",
    "member to campaign",
    "absence to member",
    "source to campaign",
    "campaign to its source",
    "proposal to campaign",
    "change to proposal",
    "change to contact",
    "link to market",
    "link to report",
    "suppression to contact",
    "off-limits to contact",
    "note to contact",
    "note to campaign",
    "mention to note",
    "task to contact",
    "task to campaign",
    "person's tag to contact",
    "person's tag to tag",
    "campaign's tag to campaign",
    "campaign's tag to tag",
    "call to campaign",
    "call to contact",
    "day to campaign",
    "hour to campaign",
    "signal to call",
    "signal to campaign",
    "suggestion to call",
    "signal to contact",
]


@pytest.mark.parametrize("link", LINKS)
def test_no_row_links_two_workspaces(campaign, other, link):
    row = links_of(campaign, other)[link]

    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises(IntegrityError):
        save_and_check(row)


def test_the_same_rows_unbent_are_kept(campaign):
    """The control: rows of the test above are refused for the foreign key alone."""
    ours, market = campaign.workspace, campaign.market
    made = call(campaign, disposition="future_potential")
    rows = [
        Campaign(workspace=ours, market=market, name="Straight", follows=campaign),
        MarketContact(workspace=ours, market=market, contact=ContactFactory(workspace=ours)),
        CampaignContact(workspace=ours, campaign=campaign, contact=ContactFactory(workspace=ours)),
        Suppression(workspace=ours, contact=made.contact, reason="Straight"),
        OffLimits(workspace=ours, contact=made.contact, reason="Straight"),
        Note(workspace=ours, contact=made.contact, campaign=campaign, text="Straight"),
        Task(workspace=ours, contact=made.contact, campaign=campaign, title="Straight"),
        ContactTag(workspace=ours, contact=made.contact, tag=ours.tags.create(name="Straight")),
        CampaignTag(workspace=ours, campaign=campaign, tag=ours.tags.get(name="Straight")),
        Call(workspace=ours, campaign=campaign, contact=made.contact, started_at=now()),
        Signal(workspace=ours, call=made, contact=made.contact, type="firm_stability", value="Stable", heard_at=now()),
        SignalSuggestion(workspace=ours, call=made, type="firm_stability", value="Stable", rule="straight"),
    ]
    for row in rows:
        row.full_clean()
        save_and_check(row)


def test_a_call_is_to_a_member_of_its_campaign(campaign):
    stranger = ContactFactory(workspace=campaign.workspace)

    with pytest.raises(IntegrityError):
        save_and_check(Call(workspace=campaign.workspace, campaign=campaign, contact=stranger, started_at=now()))


def test_a_signal_is_about_the_person_of_its_call(campaign):
    made = signal(call(campaign, disposition="future_potential"))
    made.contact = member(campaign).contact

    with pytest.raises(IntegrityError):
        save_and_check(made)
