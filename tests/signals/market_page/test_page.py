"""The market's page: what it says, whom it names, and that each of its numbers opens its rows."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls.log.meetings import change_meeting
from calls.log.services import amend, void
from campaigns.dispositions import Disposition
from markets.models import Contact
from markets.models.workspaces import timezone_names
from tests.factories import ContactFactory, active_campaign, booked, call, member_of, signal
from tests.reading import lengths_of_lists, metric, numbers
from tests.thorough import some

TALK = Disposition.FUTURE_POTENTIAL
HREFLESS = {"connection_rate", "coverage", "reach"}


def capture_signal(campaign, person, value, days, type="movement_state"):
    return signal(call(campaign, person, disposition=TALK, started_at=now() - timedelta(days=days)), type, value)


def page_of(client, market, query=""):
    return client.get(f"{reverse('markets:detail', args=['acme', market.pk])}?{query}")


def test_what_became_of_meetings_is_said_of_those_that_are_booked(as_viewer, campaign, manager):
    held, corrected = booked(campaign), booked(campaign)
    change_meeting(meeting=held, to="held", by=manager)
    amend(call=corrected.call, by=manager, reason="Misheard", disposition=Disposition.NO_ANSWER)

    page = page_of(as_viewer, campaign.market)

    names = ("meetings_booked", "held", "no_show", "cancelled")
    assert [metric(page, name, f"market:{campaign.market_id}") for name in names] == [1, 1, 0, 0]


def since(days: int) -> str:
    return f"from={date.today() - timedelta(days=days)}"


@pytest.fixture
def busy_campaign(market):
    """Twelve people of ten firms and two cities; signals of every age; some moved."""
    campaign = active_campaign(12, market=market)
    people = [each.contact for each in campaign.members.order_by("pk")]
    for place, person in enumerate(people):
        Contact.objects.filter(pk=person.pk).update(
            firm="" if place == 11 else f"Firm {max(place, 2)}",
            city=["Rome", "", "Oslo"][place % 3],
            seniority="Partner",
        )
        market.market_contacts.get_or_create(workspace=market.workspace, contact=person)
        call(campaign, person, disposition=list(Disposition)[place % 9], started_at=now() - timedelta(days=place))
    for place, value in enumerate(("Not Moving", "Exploring", "Active")):
        capture_signal(campaign, people[place], value, 200)
        capture_signal(campaign, people[place], "Exploring", 20 + place)
        capture_signal(campaign, people[place], "Uncertain", 120, "firm_stability")
    capture_signal(campaign, people[5], "Active", 1)
    return campaign


@pytest.mark.parametrize(
    "query", some(["period=all", "period=30d", "by=city", "by=seniority&period=year", "from=2026-01-05"])
)
def test_every_number_of_the_market_opens_its_rows(as_viewer, busy_campaign, query):
    page = page_of(as_viewer, busy_campaign.market, query)

    followed, rows = set(), lengths_of_lists(as_viewer)
    for about, name, value, href in numbers(page):
        if name in HREFLESS or value is None:
            continue
        assert rows(href) == value, (about, name, href)
        followed.add(name)
    assert followed >= {"landscape", "contact_count", "called", "reached", "current_value", "current_age"}


def test_who_moved_is_who_says_something_else_than_before_the_period(as_viewer, busy_campaign):
    page = page_of(as_viewer, busy_campaign.market, since(60))
    body = page.content.decode()

    assert metric(page, "moved", "moves:all") == 2  # the third said the same again, the fourth nothing before
    assert "Not Moving → <strong>Exploring</strong>" in body
    assert "stronger" in body
    assert "Active → <strong>Exploring</strong>" in body
    assert "weaker" in body


def test_of_all_time_the_first_that_was_heard_is_compared_with_the_newest(as_viewer, busy_campaign):
    assert metric(page_of(as_viewer, busy_campaign.market), "moved", "moves:all") == 2


def test_of_whom_nothing_was_known_before_the_period_the_first_in_it_is_compared(as_viewer, busy_campaign):
    capture_signal(busy_campaign, busy_campaign.members.order_by("pk")[5].contact, "Not Moving", 0.1)

    assert "Active → <strong>Not Moving</strong>" in page_of(as_viewer, busy_campaign.market, since(9)).content.decode()
    assert metric(page_of(as_viewer, busy_campaign.market, since(9)), "moved", "moves:all") == 1


def test_what_a_voided_call_said_moves_nobody(as_viewer, busy_campaign, manager):
    for each in busy_campaign.calls.filter(signals__value="Exploring", signals__type="movement_state").distinct():
        void(call=each, by=manager, reason="Twice")

    assert "No changes in this period" in page_of(as_viewer, busy_campaign.market, since(60)).content.decode()


def watched(client, market):
    return page_of(client, market).content.decode().split("<h2>Firm watch</h2>")[1]


def test_a_firm_shows_once_three_of_its_people_were_heard(as_viewer, busy_campaign):
    assert ">Firm 2<" in watched(as_viewer, busy_campaign.market)

    Contact.objects.filter(pk=busy_campaign.members.order_by("pk").first().contact_id).update(firm="Elsewhere")

    assert ">Firm 2<" not in watched(as_viewer, busy_campaign.market)
    assert "No firm yet of which three people were heard" in watched(as_viewer, busy_campaign.market)


def test_the_groups_of_a_landscape_add_up_to_it(as_viewer, busy_campaign):
    for by in ("firm", "seniority", "city"):
        page = page_of(as_viewer, busy_campaign.market, f"by={by}")
        rows = [value for about, name, value, _ in numbers(page) if name == "landscape" and about.startswith(f"{by}:")]
        assert sum(rows) == busy_campaign.market.market_contacts.count()


def states_of(client, market):
    """How many people the page counts in each state, over all groups of the landscape."""
    found = Counter()
    for about, name, value, _ in numbers(page_of(client, market)):
        if about.startswith("firm:"):
            found[name] += value
    return dict(found)


def test_whoever_is_in_a_campaign_and_not_in_the_landscape_counts_as_a_contact_alone(as_viewer, busy_campaign):
    page = page_of(as_viewer, busy_campaign.market)
    contacts, before = (
        metric(page, "contact_count", f"market:{busy_campaign.market.pk}"),
        states_of(as_viewer, busy_campaign.market),
    )
    gone = busy_campaign.members.filter(attempt_count__gt=0).first().contact

    busy_campaign.market.market_contacts.filter(contact=gone).delete()

    page = page_of(as_viewer, busy_campaign.market)
    assert metric(page, "contact_count", f"market:{busy_campaign.market.pk}") == contacts
    after = states_of(as_viewer, busy_campaign.market)
    assert {name: before[name] - after[name] for name in ("landscape", "contact_count", "called")} == {
        "landscape": 1,
        "contact_count": 1,
        "called": 1,
    }


def test_a_market_without_campaigns_shows_whom_it_could_call(as_viewer, market):
    market.market_contacts.create(workspace=market.workspace, contact=ContactFactory(workspace=market.workspace))

    assert states_of(as_viewer, market) == {"landscape": 1, "contact_count": 0, "called": 0, "reached": 0}
    assert metric(page_of(as_viewer, market), "contact_count", f"market:{market.pk}") == 0


def test_a_landscape_by_what_it_cannot_be_divided_by_says_so(as_viewer, busy_campaign):
    assert "cannot be shown by “shoe size”" in page_of(as_viewer, busy_campaign.market, "by=shoe+size").content.decode()


def test_whom_to_call_next_comes_with_the_reason_and_each_once(as_viewer, market):
    noon = next(zone for zone in sorted(timezone_names()) if 9 <= now().astimezone(ZoneInfo(zone)).hour < 20)
    one, two = (active_campaign(people, market=market, calls_on_weekends=True) for people in (7, 1))
    Contact.objects.update(timezone=noon)
    twice = one.members.order_by("pk").first().contact
    member_of(two, twice)

    page = page_of(as_viewer, market).content.decode()

    assert page.count("data-next=") == 5
    assert page.count(f'data-next="{twice.pk}"') == 1
    assert "Not called yet" in page


def test_a_market_takes_as_many_statements_for_a_hundred_campaigns_as_for_ten(as_viewer, market):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            assert page_of(as_viewer, market, "period=quarter").status_code == 200
        return len(queries)

    def grow(campaigns):
        for _ in range(campaigns):
            capture_signal(active_campaign(1, market=market), None, "Exploring", 3)

    grow(10)
    statements()
    few = statements()
    grow(90)

    assert statements() == few <= 25


def test_campaigns_by_a_rate_of_few_calls_are_said_to_be_no_ranking(as_viewer, market):
    for _ in range(2):
        call(active_campaign(1, market=market), disposition=TALK)
    url, words = reverse("campaigns:list", args=["acme"]), "not a ranking"

    assert words in as_viewer.get(f"{url}?sort=-connection_rate").content.decode()
    assert words not in as_viewer.get(url).content.decode()
    assert words not in as_viewer.get(f"{url}?sort=-calls_made").content.decode()
