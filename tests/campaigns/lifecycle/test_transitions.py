import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.lifecycle.transitions import (
    TRANSITIONS,
    StatusConflict,
    StatusHistory,
    TransitionIncomplete,
    change_status,
)
from campaigns.models import Campaign, Status, StatusChange
from tests.factories import CampaignFactory, SuppressionFactory, call, member, timedelta

ALL_STEPS = [(before, after) for before in Status for after in Status]
LEGAL = {
    ("draft", "active"),
    ("active", "paused"),
    ("paused", "active"),
    ("active", "completed"),
    ("paused", "completed"),
}
"""As product.md, section 2, has them."""


def campaign_in(status, market):
    campaign = CampaignFactory(market=market)
    member(campaign)
    for step in {
        "draft": [],
        "active": ["active"],
        "paused": ["active", "paused"],
        "completed": ["active", "completed"],
    }[status]:
        change_status(campaign=campaign, to=step, by=None, reason="Because")
    return campaign


@pytest.mark.parametrize(("before", "after"), ALL_STEPS)
def test_only_the_steps_of_the_table_are_taken(market, manager, before, after):
    campaign = campaign_in(before, market)
    changes = campaign.status_changes.count()

    if (before, after) in LEGAL:
        change = change_status(campaign=campaign, to=after, by=manager, reason="Because")
        assert (change.from_status, change.to_status, change.changed_by) == (before, after, manager)
    else:
        with pytest.raises(StatusConflict):
            change_status(campaign=campaign, to=after, by=manager, reason="Because")

    campaign.refresh_from_db()
    assert campaign.status == (after if (before, after) in LEGAL else before)
    assert campaign.status_changes.count() == changes + ((before, after) in LEGAL)


def test_a_refusal_says_what_is_possible_instead(market, manager):
    campaign = campaign_in("paused", market)

    with pytest.raises(StatusConflict, match=r"is Paused since .*Because.* only Active or Completed"):
        change_status(campaign=campaign, to="draft", by=manager)


def test_a_start_date_is_filled_in_with_today(market, manager):
    campaign = campaign_in("draft", market)

    change_status(campaign=campaign, to="active", by=manager)

    assert campaign.starts_on == market.workspace.today()


@pytest.mark.parametrize("obstacle", ["nobody", "no number", "suppressed", "removed"])
def test_nothing_starts_without_somebody_who_can_be_called(market, manager, obstacle):
    campaign = CampaignFactory(market=market)
    if obstacle != "nobody":
        person = member(campaign, **({"phone": ""} if obstacle == "no number" else {}))
        if obstacle == "suppressed":
            SuppressionFactory(workspace=market.workspace, phone_e164=person.contact.phone_e164)
        if obstacle == "removed":
            campaign.members.update(removed_at=now(), removed_reason="Left")

    with pytest.raises(TransitionIncomplete, match="at least one person who can be called"):
        change_status(campaign=campaign, to="active", by=manager)

    assert Campaign.objects.get(pk=campaign.pk).status == "draft"


def test_pausing_needs_a_reason(market, manager):
    with pytest.raises(TransitionIncomplete, match="Say why"):
        change_status(campaign=campaign_in("active", market), to="paused", by=manager, reason="  ")


def test_completing_below_full_coverage_needs_a_reason(market, manager):
    campaign = campaign_in("active", market)
    with pytest.raises(TransitionIncomplete, match="1 person was not called yet"):
        change_status(campaign=campaign, to="completed", by=manager)

    call(campaign, started_at=now())

    change_status(campaign=campaign, to="completed", by=manager)


def test_of_two_conflicting_requests_one_wins_and_the_other_gets_409_and_the_reason(as_manager, market):
    campaign = campaign_in("active", market)
    url = reverse("campaigns:status", args=["acme", campaign.pk])

    first = as_manager.post(url, {"status": "completed", "seen": "active", "reason": "Client filled the seat"})
    second = as_manager.post(url, {"status": "paused", "seen": "active", "reason": "Holiday"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "is Completed since" in second.content.decode()
    assert "Client filled the seat" in second.content.decode()
    assert StatusChange.objects.filter(to_status="paused").count() == 0


def test_a_step_chosen_from_a_page_that_is_out_of_date_is_a_conflict(as_manager, market):
    campaign = campaign_in("paused", market)

    answer = as_manager.post(
        reverse("campaigns:status", args=["acme", campaign.pk]),
        {"status": "completed", "seen": "active", "reason": "Done"},
    )

    assert answer.status_code == 409
    assert Campaign.objects.get(pk=campaign.pk).status == "paused"


@pytest.mark.parametrize(
    "posted",
    [{}, {"status": "nonsense"}, {"status": "paused", "reason": ""}, {"status": "paused", "reason": "x" * 501}],
)
def test_a_step_that_cannot_be_taken_is_a_sentence_and_changes_nothing(as_manager, market, posted):
    campaign = campaign_in("active", market)

    answer = as_manager.post(reverse("campaigns:status", args=["acme", campaign.pk]), posted)

    assert answer.status_code in (400, 409)
    assert 'role="alert"' in answer.content.decode()
    assert Campaign.objects.get(pk=campaign.pk).status == "active"


def test_a_draft_without_calls_can_be_deleted_and_nothing_else(as_manager, market):
    draft, active = campaign_in("draft", market), campaign_in("active", market)

    gone = as_manager.post(reverse("campaigns:delete", args=["acme", draft.pk]))
    refused = as_manager.post(reverse("campaigns:delete", args=["acme", active.pk]))

    assert (gone.status_code, refused.status_code) == (302, 409)
    assert list(Campaign.objects.all()) == [active]


def test_the_history_says_when_a_campaign_was_active(market, manager):
    campaign = CampaignFactory(market=market)
    member(campaign)
    moment = now() - timedelta(days=30)
    for hours, step in [(0, "active"), (1, "paused"), (2, "active"), (3, "completed")]:
        change_status(campaign=campaign, to=step, by=manager, reason="So", at=moment + timedelta(hours=hours))

    history = StatusHistory.for_campaign(campaign)

    at = [
        history.was_active_at(moment + timedelta(minutes=minutes))
        for minutes in (-1, 0, 30, 60, 90, 120, 179, 180, 999)
    ]
    assert at == [False, True, True, False, False, True, True, False, False]


@pytest.mark.parametrize(("before", "after"), sorted(set(ALL_STEPS) - LEGAL))
def test_the_database_refuses_an_illegal_step_too(market, before, after):
    campaign = CampaignFactory(market=market)

    with pytest.raises(IntegrityError), transaction.atomic():
        StatusChange.objects.create(
            workspace=market.workspace, campaign=campaign, from_status=before, to_status=after, reason="Forced"
        )


class HistoryIsALegalPath(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.sampled_from(list(Status)), max_size=8))
    def test_any_requests_leave_a_legal_path(self, requests):
        from tests.factories import MarketFactory

        campaign = CampaignFactory(market=MarketFactory())
        member(campaign)
        for wanted in requests:
            try:
                change_status(campaign=campaign, to=wanted, by=None, reason="So")
            except (StatusConflict, TransitionIncomplete):
                continue

        path = list(campaign.status_changes.values_list("from_status", "to_status"))
        assert set(path) <= LEGAL
        assert [before for before, _ in path] == (["draft", *(after for _, after in path)])[: len(path)]
        assert campaign.status == (path[-1][1] if path else "draft")
        assert all(step.to in Status for steps in TRANSITIONS.values() for step in steps)
