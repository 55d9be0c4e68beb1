"""What must never be, said to the database itself."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.timezone import now

from calls.models import Call, CampaignDay, CampaignHour
from campaigns.models import Absence, Campaign, CampaignContact
from markets.models import (
    Contact,
    ContactMerge,
    ErasedKey,
    Erasure,
    FormerKey,
    Market,
    MarketContact,
    NotDuplicate,
    Suppression,
)
from signals.models import Signal, SignalSuggestion
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    MarketFactory,
    SuppressionFactory,
    WorkspaceFactory,
    active_campaign,
    call,
    member,
    signal,
)


def save_and_check(row):
    """The keys are checked at commit; a test has none, so it asks."""
    with transaction.atomic():
        row.save()
        connection.check_constraints()


@pytest.fixture
def other(db):
    return active_campaign(market=MarketFactory(workspace=WorkspaceFactory()))


def links_of(campaign, other):
    """A row of ours for each link that could lead to another workspace, with that link bent."""
    ours, theirs = campaign.workspace, other.members.first().contact
    mine = campaign.members.first().contact
    made = call(campaign, disposition="future_potential")
    low, high = sorted((mine, theirs), key=lambda each: each.pk)
    merged = {"merged_id": 10**9, "label": "Bent", "fields": {}, "replaced": {}, "moved": {}}
    their_merge = ContactMerge.objects.create(workspace=other.workspace, contact=theirs, **merged)
    return {
        "merge to contact": ContactMerge(workspace=ours, contact=theirs, **merged),
        "key to merge": FormerKey(workspace=ours, merge=their_merge, kind="email", value="bent@people.example"),
        "erasure to contact": Erasure(workspace=ours, contact=theirs, reason="Bent"),
        "erased key to suppression": ErasedKey(
            workspace=ours,
            suppression=SuppressionFactory(workspace=other.workspace, email="bent@people.example"),
            kind="email",
            digest="bent",
        ),
        "decision to contact": NotDuplicate(workspace=ours, low=low, high=high),
        "campaign to market": Campaign(workspace=ours, market=other.market, name="Bent"),
        "campaign to campaign": Campaign(workspace=ours, market=campaign.market, name="Bent", follows=other),
        "landscape to market": MarketContact(
            workspace=ours, market=other.market, contact=ContactFactory(workspace=ours)
        ),
        "landscape to contact": MarketContact(workspace=ours, market=campaign.market, contact=theirs),
        "member to contact": CampaignContact(workspace=ours, campaign=campaign, contact=theirs),
        "member to campaign": CampaignContact(workspace=ours, campaign=other, contact=mine),
        "absence to member": Absence(
            workspace=ours,
            campaign=campaign,
            contact=theirs,
            removed_at=now(),
            removed_reason="Bent",
            returned_at=now(),
        ),
        "suppression to contact": Suppression(workspace=ours, contact=theirs, reason="Bent"),
        "call to campaign": Call(workspace=ours, campaign=other, contact=mine, started_at=now()),
        "call to contact": Call(workspace=ours, campaign=campaign, contact=theirs, started_at=now()),
        "day to campaign": CampaignDay(workspace=ours, campaign=other, day=ours.today()),
        "hour to campaign": CampaignHour(workspace=ours, campaign=other, day=ours.today(), hour=9),
        "signal to call": Signal(
            workspace=ours, call=call(other), contact=theirs, type="firm_stability", value="Stable", heard_at=now()
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
            workspace=ours, call=made, contact=theirs, type="firm_stability", value="Stable", heard_at=now()
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
    "landscape to market",
    "landscape to contact",
    "member to contact",
    "member to campaign",
    "absence to member",
    "suppression to contact",
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
    """The control: what the test above refuses is refused for its link alone."""
    ours, market = campaign.workspace, campaign.market
    made = call(campaign, disposition="future_potential")
    rows = [
        Campaign(workspace=ours, market=market, name="Straight", follows=campaign),
        MarketContact(workspace=ours, market=market, contact=ContactFactory(workspace=ours)),
        CampaignContact(workspace=ours, campaign=campaign, contact=ContactFactory(workspace=ours)),
        Suppression(workspace=ours, contact=made.contact, reason="Straight"),
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


def merge_row(workspace, merged_id=10**9):
    contact = ContactFactory(workspace=workspace)
    return ContactMerge.objects.create(
        workspace=workspace, contact=contact, merged_id=merged_id, label="Bob", fields={}, moved={}
    )


def erased_key(workspace, *, times=1, kind="email", digest="0f"):
    suppression = SuppressionFactory(workspace=workspace, email="a@b.example")
    for _ in range(times):
        ErasedKey.objects.create(workspace=workspace, suppression=suppression, kind=kind, digest=digest)


def absence(workspace, **fields):
    one = member(CampaignFactory(market__workspace=workspace))
    fields = {"removed_at": now(), "removed_reason": "Left", "returned_at": now()} | fields
    Absence.objects.create(workspace=workspace, campaign=one.campaign, contact=one.contact, **fields)


def decision(workspace, *, times=1, reverse=False):
    high, low = sorted(
        (ContactFactory(workspace=workspace) for _ in range(2)), key=lambda each: each.pk, reverse=not reverse
    )
    for _ in range(times):
        NotDuplicate.objects.create(workspace=workspace, low=low, high=high)


BROKEN = {
    "somebody merged twice": lambda w: [merge_row(w, merged_id=10**9) for _ in range(2)],
    "somebody merged into themselves": lambda w: ContactMerge.objects.filter(pk=merge_row(w).pk).update(
        merged_id=F("contact")
    ),
    "key without a value": lambda w: FormerKey.objects.create(workspace=w, merge=merge_row(w), kind="email", value=""),
    "key of an unknown kind": lambda w: FormerKey.objects.create(
        workspace=w, merge=merge_row(w), kind="fax", value="1"
    ),
    "erasure without a reason": lambda w: Erasure.objects.create(
        workspace=w, contact=ContactFactory(workspace=w), reason=""
    ),
    "erased key twice": lambda w: erased_key(w, times=2),
    "erased key of an unknown kind": lambda w: erased_key(w, kind="fax"),
    "erased key without a hash": lambda w: erased_key(w, digest=""),
    "decision out of order": lambda w: decision(w, reverse=True),
    "decision twice": lambda w: decision(w, times=2),
    "market of no geography": lambda w: MarketFactory(workspace=w, geography=""),
    "market twice": lambda w: [
        MarketFactory(workspace=w, practice_area=name, geography="Rome") for name in ("Tax", "TAX")
    ],
    "contact nobody can tell apart": lambda w: ContactFactory(workspace=w, email="", phone="", firm=""),
    "external id twice": lambda w: [ContactFactory(workspace=w, external_id="X1") for _ in range(2)],
    "email twice": lambda w: [ContactFactory(workspace=w, email="a@b.example") for _ in range(2)],
    "email in capitals": lambda w: ContactFactory(workspace=w, email="A@b.example"),
    "name and phone twice": lambda w: [
        ContactFactory(workspace=w, full_name="Ann", phone="(212) 555-0100") for _ in range(2)
    ],
    "suppression of nobody": lambda w: SuppressionFactory(workspace=w),
    "suppression without a reason": lambda w: SuppressionFactory(workspace=w, email="a@b.example", reason=""),
    "lifted without a reason": lambda w: SuppressionFactory(workspace=w, email="a@b.example", lifted_at=now()),
    "campaign that ends before it starts": lambda w: CampaignFactory(
        market__workspace=w, starts_on="2026-02-01", ends_on="2026-01-01"
    ),
    "coverage with an end": lambda w: CampaignFactory(market__workspace=w, kind="coverage", ends_on="2026-01-01"),
    "active without a start": lambda w: CampaignFactory(market__workspace=w, status="active"),
    "unknown status": lambda w: CampaignFactory(market__workspace=w, status="resting", starts_on="2026-01-01"),
    "unknown kind": lambda w: CampaignFactory(market__workspace=w, kind="raid"),
    "campaign name twice in a market": lambda w: [
        CampaignFactory(market=market, name=name) for market in [MarketFactory(workspace=w)] for name in ("One", "ONE")
    ],
    "signal of a wrong value": lambda w: signal(
        call(active_campaign(market=MarketFactory(workspace=w)), disposition="future_potential")
    ).__class__.objects.update(value="Stable"),
    "callback without a time": lambda w: Call.objects.filter(
        pk=call(active_campaign(market=MarketFactory(workspace=w))).pk
    ).update(disposition="callback_requested"),
    "unknown disposition": lambda w: Call.objects.filter(
        pk=call(active_campaign(market=MarketFactory(workspace=w))).pk
    ).update(disposition="spoke"),
    "voided without a reason": lambda w: Call.objects.filter(
        pk=call(active_campaign(market=MarketFactory(workspace=w))).pk
    ).update(voided_at=now()),
    "absence without a reason": lambda w: absence(w, removed_reason=""),
    "somebody back before they left": lambda w: absence(w, removed_at=now() + timedelta(days=1)),
    "more conversations than attempts": lambda w: CampaignContact.objects.filter(
        pk=member(CampaignFactory(market__workspace=w)).pk
    ).update(conversation_count=1),
    "more meetings than conversations": lambda w: CampaignDay.objects.filter(
        campaign=call(active_campaign(market=MarketFactory(workspace=w))).campaign
    ).update(meeting_count=1),
    "an hour past the clock": lambda w: CampaignHour.objects.filter(
        campaign=call(active_campaign(market=MarketFactory(workspace=w))).campaign
    ).update(hour=24),
    "more conversations than calls in an hour": lambda w: CampaignHour.objects.filter(
        campaign=call(active_campaign(market=MarketFactory(workspace=w))).campaign
    ).update(conversation_count=2),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_database_refuses(workspace, what):
    with pytest.raises(IntegrityError), transaction.atomic():
        BROKEN[what](workspace)


def test_every_foreign_key_protects_unless_listed():
    """Nothing anyone clicks destroys history. A tally goes with its Draft campaign, of which it has no calls."""
    from django.apps import apps

    listed = {"calls.CampaignDay.campaign", "calls.CampaignHour.campaign"}
    cascading = {
        f"{model._meta.label}.{field.name}"
        for label in ("markets", "campaigns", "calls", "signals")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.many_to_one and field.remote_field.on_delete.__name__ != "PROTECT"
    }

    assert cascading == listed


def test_the_name_of_a_market_is_its_practice_area_and_geography(market):
    market.refresh_from_db()

    assert market.name == str(market) == "M&A -- New York"
    assert Market.objects.filter(name="M&A -- New York").exists()
    assert Contact.objects.count() == 0
