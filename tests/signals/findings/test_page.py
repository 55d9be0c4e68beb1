"""The block of findings on a market's page and on the overview."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import record_many
from calls.log.validation import NewCall
from campaigns.lifecycle.transitions import change_status
from campaigns.models import CampaignContact
from config.ui.periods import choose_period
from markets.models import Market, Role
from signals.findings.page import MOST, MOST_OF_A_RULE, ranked
from signals.findings.shape import Finding, Sentence
from signals.sharing.market_document import market_document
from tests.factories import MarketFactory, active_campaign, call, member, member_of, signal
from tests.reading import lengths_of_lists, numbers

DASHBOARD = reverse("dashboard", args=["acme"])
RATES = {"connection_rate", "share"}


def market_url(market):
    return reverse("markets:detail", args=["acme", market.pk])


def ago(days):
    return now() - timedelta(days=days)


def called(campaign, *, made, talked, days_ago, disposition="voicemail"):
    """Calls to one new person, who is not closed afterwards."""
    person, outcomes = member(campaign).contact, ["future_potential"] * talked + [disposition] * (made - talked)
    made_then = [NewCall(contact=person, disposition=each, started_at=ago(days_ago)) for each in outcomes]
    record_many(campaign=campaign, new_calls=made_then)


@pytest.fixture
def telling(market, campaign):
    """A market with much to tell: fewer conversations, people who moved, late callbacks."""
    Market.objects.update(created_at=ago(400))
    called(campaign, made=40, talked=30, days_ago=40, disposition="no_answer")
    called(campaign, made=40, talked=8, days_ago=3)
    for number in range(4):
        person = member(campaign).contact
        signal(call(campaign, person, disposition="not_interested", started_at=ago(50)), value="Not Moving")
        signal(call(campaign, person, disposition="future_potential", started_at=ago(2)), value="Exploring")
        if number == 0:
            CampaignContact.objects.filter(contact=person).update(is_closed=False)
    for _ in range(2):
        call(campaign, disposition="callback_requested", started_at=ago(2), callback_at=ago(1))
    call(campaign, member(campaign).contact, disposition="callback_requested", started_at=ago(2), callback_at=ago(1))
    return market


def rules_of(page):
    return [finding.rule for finding in page.context["findings"]]


def test_the_page_of_a_market_begins_with_its_findings(as_viewer, telling):
    page = as_viewer.get(market_url(telling))
    text = page.content.decode()

    assert set(rules_of(page)) >= {"connection_rate", "moved_up", "late_callbacks"}
    assert text.index('id="findings"') < text.index('class="figures"')
    assert "Voicemail rose from" in text


def test_the_overview_names_the_market(as_viewer, telling):
    MarketFactory(workspace=telling.workspace)

    page = as_viewer.get(DASHBOARD)
    assert {"connection_rate", "moved_up", "late_callbacks"} <= set(rules_of(page))
    named = {finding.rule: finding.market for finding in page.context["findings"]}
    assert named["connection_rate"] == telling
    assert named["late_callbacks"] is None


@pytest.mark.parametrize("role", ["viewer", "caller", "manager"])
def test_each_number_opens_its_rows(request, client, telling, role):
    client.force_login(request.getfixturevalue(role))
    rows, followed = lengths_of_lists(client), 0

    for url in (market_url(telling), DASHBOARD, f"{DASHBOARD}?period=quarter&as_of={ago(1):%Y-%m-%d}"):
        for about, name, value, href in numbers(client.get(url)):
            if about.startswith("finding:") and name not in RATES:
                assert rows(href) == value, (about, name, href)
                followed += 1
    assert followed >= 10


def test_a_share_is_that_of_the_rows_that_it_opens(as_viewer, telling):
    called(telling.campaigns.get(), made=2, talked=0, days_ago=45)
    rows = lengths_of_lists(as_viewer)
    found = [each for each in numbers(as_viewer.get(market_url(telling))) if each[0] == "finding:connection_rate"]
    (made,) = {value for _, name, value, _ in found if name == "calls_made"}
    shares = {href: value for _, name, value, href in found if name in RATES}

    now_shares = [share for href, share in shares.items() if rows(href) / made == pytest.approx(share)]
    assert len(now_shares) == len(shares) - 1  # the other one is of the period before


@pytest.mark.parametrize("role", ["viewer", "caller", "manager"])
def test_actions_open_pages_that_the_reader_may_see(request, client, telling, role):
    client.force_login(request.getfixturevalue(role))

    for url in (market_url(telling), DASHBOARD):
        found = client.get(url).context["findings"]
        assert found
        for finding in found:
            assert client.get(finding.action.href, follow=True).status_code == 200, finding


def test_the_follow_up_takes_those_who_have_none(as_manager, telling):
    findings = as_manager.get(market_url(telling)).context["findings"]
    (moved,) = [finding for finding in findings if finding.rule == "moved_up"]
    assert str(moved) == "4 people moved to Exploring or stronger; 3 of them have no follow-up."

    page = as_manager.get(moved.action.href)
    assert page.status_code == 200
    assert page.context["preview"]["fit"] >= 3


def test_whoever_is_in_a_draft_has_a_follow_up(as_manager, telling):
    follow_up = active_campaign(market=telling, workspace=telling.workspace)
    people = CampaignContact.objects.filter(campaign__market=telling, contact__signals__value="Exploring")
    for contact in {each.contact for each in people}:
        member_of(follow_up, contact)

    findings = as_manager.get(market_url(telling)).context["findings"]
    assert "All of them have a follow-up" in " ".join(map(str, findings))


def test_nothing_is_said_where_nothing_changed(as_viewer, market, campaign):
    called(campaign, made=30, talked=9, days_ago=40)
    called(campaign, made=30, talked=10, days_ago=3)

    for url in (market_url(market), DASHBOARD):
        page = as_viewer.get(url)
        assert page.context["findings"] == []
        assert "Findings" not in page.content.decode()


@pytest.mark.parametrize("query", ["period=all", "from=2026-01-01", "to=2036-01-01"])
def test_nothing_is_said_without_a_period_before(as_viewer, telling, query):
    for url in (market_url(telling), DASHBOARD):
        assert as_viewer.get(f"{url}?{query}").context["findings"] == []


def test_what_is_only_known_as_of_now_is_not_said_of_a_past_day_or_period(as_viewer, telling):
    yesterday = telling.workspace.today() - timedelta(days=1)
    past = f"as_of={yesterday}"
    over = f"from={yesterday - timedelta(days=19)}&to={yesterday}"

    for url in (market_url(telling), DASHBOARD):
        assert "late_callbacks" in rules_of(as_viewer.get(f"{url}?period=30d"))
        assert "late_callbacks" not in rules_of(as_viewer.get(f"{url}?period=30d&{past}"))
        assert "late_callbacks" not in rules_of(as_viewer.get(f"{url}?{over}"))


def test_a_campaign_with_nobody_left_asks_a_manager_for_people(as_manager, market):
    campaign = active_campaign(2, market=market, name="Spring")
    for each in campaign.members.all():
        call(campaign, each.contact, disposition="not_interested")

    (finding,) = as_manager.get(market_url(market)).context["findings"]
    assert str(finding) == "Spring has nobody left to call: none of its 2 people can be called any more."
    assert finding.action.href == reverse("campaigns:choose", args=["acme", campaign.pk])
    change_status(campaign=campaign, to="paused", by=None, reason="Enough")
    assert as_manager.get(market_url(market)).context["findings"] == []


def test_the_firm_that_became_unstable_is_compared_with_the_market(as_viewer, market, campaign):
    def hear(firm, value, days_ago):
        person, moment = member(campaign, firm=firm).contact, ago(days_ago)
        heard = call(campaign, person, disposition="future_potential", started_at=moment)
        of_call = signal(heard, type="firm_stability", value=value)
        type(of_call).objects.filter(pk=of_call.pk).update(captured_at=moment, current_changed_at=moment)
        type(heard).objects.filter(pk=heard.pk).update(recorded_at=moment)

    for _ in range(30):
        hear("Others", "Stable", 50)
    for value in ("Unstable", "Stable", "Stable"):
        hear("Ottermoor LLP", value, 50)
    assert as_viewer.get(market_url(market)).context["findings"] == []

    for _ in range(4):
        hear("Ottermoor LLP", "Unstable", 2)
    page = as_viewer.get(market_url(market))
    firms = [str(finding) for finding in page.context["findings"] if finding.rule == "unstable_firms"]
    assert firms == ["Ottermoor LLP: 5 of 7 people call it unstable, up from 1."]
    rows = lengths_of_lists(as_viewer)
    of_firm = [each for each in numbers(page) if each[0] == "finding:unstable_firms"]
    assert [value for _, _, value, _ in of_firm] == [5, 7, 1]
    assert [rows(href) for *_, href in of_firm] == [5, 7, 1]


def test_at_most_five_are_shown_and_two_of_a_rule_those_that_concern_most_people_first():
    found = [Finding(rule, [], [], people) for rule in "abcd" for people in (3, 9, 6)]
    found.append(Finding("e", [], [], 7))

    shown = ranked(found, Role.VIEWER)

    assert len(shown) == MOST
    assert [finding.people for finding in shown] == [9, 9, 9, 9, 7]
    many = [finding.rule for finding in ranked(found[:3] + found[-1:], Role.VIEWER)]
    assert many == ["a", "e", "a"]
    assert many.count("a") == MOST_OF_A_RULE


def test_details_are_only_read_for_findings_that_are_shown():
    read = []

    def details(people):
        read.append(people)
        return [Sentence(f"{people} people.")]

    found = [Finding("a", [], [], people, details=partial(details, people)) for people in (3, 9, 6)]

    assert [str(finding) for finding in ranked(found, Role.VIEWER)] == ["9 people.", "6 people."]
    assert read == [9, 6]


def test_findings_cost_a_page_two_statements_more(as_viewer, telling):
    def statements(url):
        as_viewer.get(url)
        with CaptureQueriesContext(connection) as queries:
            as_viewer.get(url)
        return len(queries)

    def more(url):
        return statements(f"{url}?period=30d") - statements(f"{url}?period=all")

    # Without a period before there are neither findings nor changes. One statement counts the calls of both periods,
    # two are for findings alone, and one more reads the best hours of the market whose rate changed.
    assert more(DASHBOARD) == 4
    assert more(market_url(telling)) == 3


def test_a_shared_market_has_no_findings(telling):
    period = choose_period({"period": "30d"}, telling.workspace.today()).period

    document = market_document(telling.workspace, telling, period, shows_people=False)

    assert "Voicemail rose" not in str(document)
    assert "findings" not in document
