"""Every page answers with one full row of everything, for a manager."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.models import Meeting
from campaigns.dispositions import Disposition
from markets.models import ImportState
from markets.suppressions.services import lift, suppress
from tests.access_rows import ROWS, url_of
from tests.factories import CampaignFactory, SuppressionFactory, call, ended_import, signal
from tests.firms import firm


@pytest.fixture
def full(campaign, manager):
    """A workspace in which every kind of row is there."""
    people = [member.contact for member in campaign.members.order_by("pk")]
    talked = call(campaign, people[0], disposition=Disposition.MEETING_BOOKED, caller=manager, talk_seconds=247)
    signal(talked, evidence="I would listen")
    call(
        campaign,
        people[1],
        disposition=Disposition.CALLBACK_REQUESTED,
        started_at=now() - timedelta(days=2),
        callback_at=now() - timedelta(hours=1),
    )
    void(call=call(campaign, people[2], direction="inbound"), by=manager, reason="Twice in the log")
    lift(suppression=suppress(contact=people[2], by=manager, reason="Asked"), by=manager, reason="Asked again")
    SuppressionFactory(workspace=campaign.workspace, phone_e164="+12125559999")
    CampaignFactory(market=campaign.market, name="A Draft", follows=campaign)
    return campaign


PAGES = [
    "dashboard",
    "review",
    "search",
    "markets:list",
    "markets:create",
    "contacts:list",
    "contacts:create",
    "contacts:duplicates",
    "contacts:merges",
    "campaigns:list",
    "campaigns:create",
    "callbacks:list",
    "callbacks:tallies",
    "meetings:list",
    "repairs:list",
    "queue",
    "calls:list",
    "calls:callers",
    "signals:list",
    "signals:suggestions",
    "signals:rules",
    "imports:list",
    "imports:create",
    "suppressions:list",
    "suppressions:create",
    "team",
    "audit",
    "shared:list",
    "campaigns:compare",
]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_workspace_answers(as_manager, full, name):
    page = as_manager.get(reverse(name, args=[full.workspace.slug]))

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["markets:detail", "markets:edit", "markets:landscape", "shared:market"])
def test_a_page_of_a_market_answers(as_manager, full, name):
    page = as_manager.get(reverse(name, args=[full.workspace.slug, full.market.pk]))

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["detail", "edit", "members", "choose", "next", "queue"])
def test_a_page_of_a_campaign_answers(as_manager, full, name):
    page = as_manager.get(reverse(f"campaigns:{name}", args=[full.workspace.slug, full.pk]))

    assert page.status_code == 200


@pytest.mark.parametrize("state", ImportState.values)
def test_the_page_of_an_import_answers_in_every_state(as_manager, workspace, state):
    job = ended_import(workspace, created=1, rejected=1, state=state)

    page = as_manager.get(reverse("imports:detail", args=[workspace.slug, job.pk]))

    assert page.status_code == 200


def test_the_pages_of_a_person_and_their_calls_answer(as_manager, full):
    slug = full.workspace.slug
    for made in full.calls.all():
        assert as_manager.get(reverse("calls:detail", args=[slug, made.pk])).status_code == 200
        assert as_manager.get(reverse("contacts:detail", args=[slug, made.contact_id])).status_code == 200
        assert as_manager.get(reverse("contacts:edit", args=[slug, made.contact_id])).status_code == 200
        assert as_manager.get(reverse("campaigns:call", args=[slug, full.pk, made.contact_id])).status_code == 200


def test_no_page_shows_markup_as_text(client, db):
    office = firm("Lisbon", "office")
    booked = Meeting.objects.get(pk=office.ids["meeting"])
    void(call=booked.call, by=office.manager, reason="Twice in the log")
    client.force_login(office.manager)

    for row in [row for row in ROWS if "GET" in row.methods.split()]:
        page = client.get(url_of(row, "office", office.ids))
        if not page.streaming:
            found = re.search(rb"&lt;/?(?:a|b|data|div|em|li|p|small|span|strong|td|time|tr|ul)\b.{100}", page.content)
            assert not found, (row.name, found)
