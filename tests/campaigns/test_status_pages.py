"""What a step of a campaign's life will do is said before it is taken, for one campaign and for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.lifecycle.transitions import change_status
from tests.factories import CampaignFactory, active_campaign, call
from tests.reading import metric, numbers


@pytest.fixture
def url(campaign):
    return reverse("campaigns:status", args=["acme", campaign.pk])


def many(client, to, *campaigns, method="get", **fields):
    data = {"to": to, "campaign": [each.pk for each in campaigns], **fields}
    return getattr(client, method)(reverse("campaigns:bulk_status", args=["acme"]), data)


def test_a_step_says_what_it_will_do_and_each_number_opens_its_rows(as_manager, campaign, url):
    call(campaign, disposition="callback_requested")

    page = as_manager.get(url, {"to": "completed"})

    about = f"campaign:{campaign.pk}"
    found = {name: metric(page, name, about) for name in ("callable", "callbacks", "uncalled")}
    assert found == {"callable": 3, "callbacks": 1, "uncalled": 2}
    for _, _, value, href in numbers(page):
        if href:
            assert metric(as_manager.get(href), "rows") == value
    assert "Completed is final" in page.content.decode()


def test_the_campaigns_page_leads_to_its_steps(as_manager, campaign, url):
    page = as_manager.get(reverse("campaigns:detail", args=["acme", campaign.pk])).content.decode()

    assert f'href="{url}?to=paused"' in page
    assert f'href="{url}?to=completed"' in page


def test_the_step_decides_about_callbacks_too(as_manager, campaign, url):
    made = call(campaign, disposition="callback_requested")

    fields = {"status": "paused", "seen": "active", "reason": "Ill", "callbacks": "released", "foreseen": "yes"}
    as_manager.post(url, fields)

    made.refresh_from_db()
    assert made.callback_decision == "released"


def test_what_is_missing_is_said_where_it_was_asked(as_manager, campaign, url):
    answer = as_manager.post(url, {"status": "completed", "seen": "active", "foreseen": "yes"})

    assert answer.status_code == 400
    assert "were not called yet" in answer.content.decode()
    assert "What happens" in answer.content.decode()


@pytest.mark.parametrize(("to", "status"), [("draft", 400), ("", 200), ("active", 409), ("x" * 200, 400)])
def test_a_step_that_is_not_possible_is_refused(as_manager, url, to, status):
    assert as_manager.get(url, {"to": to}, follow=True).status_code == status


def test_many_campaigns_answer_each_for_itself(as_manager, campaign):
    other, draft = active_campaign(market=campaign.market, name="Other"), CampaignFactory(market=campaign.market)

    page = many(as_manager, "paused", campaign, other, draft)
    assert metric(page, "callable") == 4
    assert "is Draft; it can become Active" in page.content.decode()

    answer = many(as_manager, "paused", campaign, other, draft, method="post", status="paused", reason="Holidays")
    assert answer.content.decode().count(">Done<") == 2
    for each in (campaign, other, draft):
        each.refresh_from_db()
    assert [campaign.status, other.status, draft.status] == ["paused", "paused", "draft"]
    assert [each.status_changes.last().reason for each in (campaign, other)] == ["Holidays"] * 2


def test_a_campaign_that_changed_meanwhile_says_so_and_the_others_are_done(as_manager, campaign):
    other = active_campaign(market=campaign.market, name="Other")
    change_status(campaign=other, to="paused", by=None, reason="Somebody was first")

    answer = many(
        as_manager,
        "completed",
        campaign,
        other,
        method="post",
        status="completed",
        reason="Over",
        seen_status=[f"{campaign.pk}:active", f"{other.pk}:active"],
    )

    text = answer.content.decode()
    assert "1 of 2 done" in " ".join(text.split())
    assert "Somebody was first" in text


def test_all_of_the_list_are_those_for_which_it_is_possible(as_manager, campaign):
    active_campaign(market=campaign.market, name="Other")
    CampaignFactory(market=campaign.market)

    page = many(as_manager, "paused", everybody="yes", list="status=active")
    assert page.content.decode().count('name="seen_status"') == 2
    assert many(as_manager, "paused", everybody="yes", list="market=nonsense").status_code == 400


def test_foreign_campaigns_are_not_named(as_manager, campaign):
    foreign = active_campaign(name="Zanzibar")

    assert "Zanzibar" not in many(as_manager, "paused", campaign, foreign).content.decode()
    many(as_manager, "paused", foreign, method="post", status="paused", reason="Bent")
    foreign.refresh_from_db()
    assert foreign.status == "active"


def test_foresight_asks_the_same_number_of_questions_for_any_number_of_campaigns(as_manager, campaign):
    def cost(campaigns):
        with CaptureQueriesContext(connection) as queries:
            many(as_manager, "paused", *campaigns)
        return len(queries)

    others = [active_campaign(market=campaign.market) for _ in range(6)]
    assert cost([campaign, others[0]]) == cost([campaign, *others])
