"""Rows that must never exist are refused by the database itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.timezone import now

from calls.models import Call, CampaignDay, CampaignHour, Meeting
from campaigns.dispositions import Disposition
from campaigns.models import Absence, CampaignContact
from markets.models import (
    Contact,
    ContactMerge,
    ErasedKey,
    Erasure,
    FormerKey,
    Market,
    NotDuplicate,
)
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    MarketFactory,
    SuppressionFactory,
    UserFactory,
    active_campaign,
    call,
    member,
    signal,
)


def own_views(workspace, *names):
    user = UserFactory()
    return [workspace.saved_views.create(name=name, list_name="members", owner=user) for name in names]


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


def goal(workspace, *, times=1, **fields):
    campaign = CampaignFactory(market__workspace=workspace)
    for _ in range(times):
        campaign.goals.create(workspace=workspace, **fields)


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
    "calls that end before they begin": lambda w: CampaignFactory(market__workspace=w, calls_from=18, calls_until=9),
    "calls after midnight": lambda w: CampaignFactory(market__workspace=w, calls_until=25),
    "coverage above 100 per cent": lambda w: goal(w, kind="coverage", target=101),
    "goal of nothing": lambda w: goal(w, kind="meetings", target=0),
    "unknown goal": lambda w: goal(w, kind="fame", target=1),
    "two goals of a kind": lambda w: goal(w, times=2, kind="meetings", target=3),
    "view without a name": lambda w: w.saved_views.create(name="", list_name="contacts"),
    "view of an unknown list": lambda w: w.saved_views.create(name="One", list_name="trees"),
    "view name twice": lambda w: [w.saved_views.create(name=name, list_name="members") for name in ("One", "ONE")],
    "own view name twice": lambda w: own_views(w, "One", "ONE"),
    "template without a name": lambda w: w.campaign_templates.create(name=""),
    "template of an unknown kind": lambda w: w.campaign_templates.create(name="Raid", kind="raid"),
    "template name twice": lambda w: [w.campaign_templates.create(name=name) for name in ("One", "ONE")],
    "template without attempts": lambda w: w.campaign_templates.create(name="One", most_attempts=0),
    "template with a year of rest": lambda w: w.campaign_templates.create(name="One", rest_days=366),
    "template with hours the wrong way round": lambda w: w.campaign_templates.create(name="One", calls_from=22),
    "signal of a wrong value": lambda w: signal(
        call(active_campaign(market=MarketFactory(workspace=w)), disposition="future_potential")
    ).__class__.objects.update(value="Stable"),
    "two meetings of one call": lambda w: Meeting.objects.create(
        workspace=w,
        call=call(active_campaign(market=MarketFactory(workspace=w)), disposition=Disposition.MEETING_BOOKED),
    ),
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


GO_WITH_THEIR_ROW = {
    "calls.CampaignDay.campaign": "A Draft campaign can be deleted. Its tallies are of no calls.",
    "calls.CampaignHour.campaign": "Likewise.",
}


def foreign_keys():
    from django.apps import apps

    return {
        f"{model._meta.label}.{field.name}": field
        for label in ("markets", "campaigns", "calls", "signals")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if field.concrete and (field.many_to_one or field.one_to_one)
    }


def unprotected():
    return {name for name, field in foreign_keys().items() if field.remote_field.on_delete is not models.PROTECT}


@pytest.mark.promise("P12")
def test_every_foreign_key_protects_unless_listed(monkeypatch, figure):
    """Nothing anyone clicks destroys history."""
    keys = foreign_keys()
    assert unprotected() == set(GO_WITH_THEIR_ROW)

    monkeypatch.setattr(keys["calls.Call.contact"].remote_field, "on_delete", models.CASCADE)
    control = unprotected() - set(GO_WITH_THEIR_ROW)
    assert control == {"calls.Call.contact"}
    figure(
        f"0 of {len(keys)} foreign keys outside the list of {len(GO_WITH_THEIR_ROW)} delete rows",
        control=f"with one key that cascades, {len(control)}",
    )


def test_the_name_of_a_market_is_its_practice_area_and_geography(market):
    market.refresh_from_db()

    assert market.name == str(market) == "M&A -- New York"
    assert Market.objects.filter(name="M&A -- New York").exists()
    assert Contact.objects.count() == 0
