"""The views say what the pages say, on a year of sample data."""

import re
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils.timezone import now

from calls.metrics import callbacks
from calls.metrics.definitions import callable_contacts, counted_calls, totals
from config.ui.periods import ALL_TIME, Period
from markets.models import Contact, Role
from signals import sample
from signals.contacts.erasure import erase
from signals.market_page.current_breakdown import current_breakdown
from signals.reporting.dictionary import PAGE
from signals.reporting.schema import VIEWS
from tests import factories
from tests.conftest import PortalClient
from tests.reading import numbers
from tests.signals.reporting.readers import grant_to_me, needs_postgresql, rows

pytestmark = [needs_postgresql, pytest.mark.django_db]
FIVE = ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One sample for all tests of this file, with what it has little of, rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        workspace, staff = sample.create_workspace(
            slug="reports", name="Reports", domain="reports.example", password="secret"
        )
        size = sample.Size(people=320, calls=1300, signals=330)
        sample.build(workspace=workspace, staff=staff, size=size, rng=Random(7), moment=now() - timedelta(hours=1))
        factories.active_campaign(2, market=factories.MarketFactory(workspace=workspace), name="Nobody called")
        person = factories.MembershipFactory(workspace=workspace, role=Role.VIEWER).user
        workspace.off_limits.create(firm=workspace.contacts.exclude(firm="").first().firm, reason="The client asked")
        grant_to_me(workspace)
        yield workspace, person
        transaction.set_rollback(True)


@pytest.fixture
def workspace(built, django_db_blocker):
    with django_db_blocker.unblock():
        yield built[0]


@pytest.fixture
def page_of(built):
    client = PortalClient()
    client.force_login(built[1])

    def get(path, **query):
        return client.get(f"/w/{built[0].slug}/{path}", query)

    return get


def shown(page, names):
    """The numbers of a list by what they are about."""
    return {(about, name): value for about, name, value, _ in numbers(page) if ":" in about and name in names}


def said(found, kind, key, names):
    return {(f"{kind}:{row[key]}", name): row[name] for row in found for name in names}


def test_every_campaign_has_the_five_numbers_of_its_page(workspace, page_of):
    page = shown(page_of("campaigns/", period="all", per_page=100), FIVE)
    page = {key: value for key, value in page.items() if key[0].startswith("campaign:")}

    views = said(rows("SELECT * FROM campaigns"), "campaign", "campaign_id", FIVE)

    assert len(page) > 5 * 10
    assert views == page


def test_every_campaign_and_market_has_the_metrics_of_the_definitions(workspace):
    for view, key, field in (("campaigns", "campaign_id", "pk"), ("markets", "market_id", "market")):
        for row in rows(f"SELECT * FROM {view}"):  # noqa: S608
            campaigns = workspace.campaigns.filter(**{field: row[key]})
            expected = totals(workspace, campaigns) | callable_contacts(campaigns)
            assert {name: row[name] for name in expected} == expected
    assert any(row["connection_rate"] is None for row in rows("SELECT * FROM campaigns"))
    assert any(0 < row["callable"] < row["contact_count"] for row in rows("SELECT * FROM markets"))


@pytest.mark.parametrize("days", [7, 30, 365])
def test_the_totals_of_markets_in_a_period_are_those_of_their_list(workspace, page_of, days):
    names = ("calls_made", "connection_rate", "meetings_booked", "signals_captured")
    last = workspace.today()
    first = last - timedelta(days=days)
    page = shown(page_of("markets/", **{"from": first, "to": last}), names)
    page = {key: value for key, value in page.items() if key[0].startswith("market:")}

    views = said(
        rows(
            """SELECT market_id, coalesce(sum(d.calls_made), 0) AS calls_made,
                sum(d.conversations)::float / nullif(sum(d.calls_made), 0) AS connection_rate,
                coalesce(sum(d.meetings_booked), 0) AS meetings_booked,
                coalesce(sum(d.signals_captured), 0) AS signals_captured
            FROM markets LEFT JOIN campaign_days d USING (market_id)
            WHERE day IS NULL OR day BETWEEN %s AND %s GROUP BY 1""",
            first,
            last,
        ),
        "market",
        "market_id",
        names,
    )

    assert page
    assert {key: value for key, value in page.items() if value} == {key: value for key, value in views.items() if value}


def test_days_add_up_to_the_counted_calls_and_to_each_outcome(workspace):
    first, last = workspace.today() - timedelta(days=200), workspace.today() - timedelta(days=20)
    calls = rows("SELECT * FROM calls WHERE is_counted AND started_on BETWEEN %s AND %s", first, last)
    days = rows("SELECT * FROM campaign_days WHERE day BETWEEN %s AND %s", first, last)

    assert {call["call_id"] for call in calls} == set(
        counted_calls(workspace, Period(first, last)).values_list("pk", flat=True)
    )
    assert Counter((call["campaign_id"], call["started_on"]) for call in calls) == {
        (day["campaign_id"], day["day"]): day["calls_made"] for day in days if day["calls_made"]
    }
    for disposition, made in Counter(call["disposition"] for call in calls).items():
        assert sum(day[disposition] for day in days) == made
    assert sum(call["is_conversation"] for call in calls) == sum(day["conversations"] for day in days)
    assert len(calls) > 100


def test_voided_and_inbound_calls_are_there_and_do_not_count(workspace):
    campaign = workspace.campaigns.filter(status="active").first()
    before = rows("SELECT calls_made FROM campaigns WHERE campaign_id = %s", campaign.pk)
    factories.call(campaign, direction="inbound", disposition="future_potential")

    found = rows("SELECT is_counted, is_voided, direction FROM calls")

    assert {(row["is_voided"], row["direction"]) for row in found if not row["is_counted"]} >= {
        (True, "outbound"),
        (False, "inbound"),
    }
    assert not [row for row in found if row["is_counted"] and (row["is_voided"] or row["direction"] == "inbound")]
    assert rows("SELECT calls_made FROM campaigns WHERE campaign_id = %s", campaign.pk) == before


def test_current_signals_by_type_and_value_are_those_of_the_market_page(workspace, page_of):
    compared = 0
    for market in workspace.markets.all():
        page = Counter()
        ids = list(market.campaigns.values_list("pk", flat=True))
        for answer in current_breakdown(workspace, market, workspace.signals.current_in(ids)).answers:
            page |= {(str(answer.type), part.label): part.value for part in answer.bar.parts if part.value}
        views = rows(
            "SELECT type, value, count(*) AS n FROM signals WHERE is_current AND market_id = %s GROUP BY 1, 2",
            market.pk,
        )
        assert {(row["type"], row["value"]): row["n"] for row in views} == page
        compared += len(page)
        listed = page_of("signals/", market=market.pk, counted="yes", current="yes")
        assert [value for _, name, value, _ in numbers(listed) if name == "rows"] == [sum(page.values())]
    assert compared > 20


def test_signals_by_freshness_are_those_of_the_list(workspace, page_of):
    counts = Counter(row["freshness"] for row in rows("SELECT freshness FROM signals WHERE is_counted"))

    for freshness, count in counts.items():
        page = page_of("signals/", counted="yes", freshness=freshness)
        assert [value for _, name, value, _ in numbers(page) if name == "rows"] == [count]
    assert len(counts) == 3


def test_callbacks_have_the_states_of_their_page(workspace):
    expected = {made.pk: str(made.state) for made in callbacks.with_state(workspace)}

    assert {row["call_id"]: row["state"] for row in rows("SELECT * FROM callbacks")} == expected
    assert len(set(expected.values())) > 2


def test_people_are_suppressed_off_limits_and_callable_as_on_their_page(workspace):
    people = {row["contact_id"]: row for row in rows("SELECT * FROM contacts")}

    assert set(people) == set(workspace.contacts.values_list("pk", flat=True))
    for name, expected in {
        "is_suppressed": workspace.contacts.suppressed(),
        "is_off_limits": workspace.contacts.off_limits(),
    }.items():
        assert {key for key, row in people.items() if row[name]} == set(expected.values_list("pk", flat=True)) != set()


@pytest.mark.parametrize(
    ("view", "relation"),
    [
        ("markets", "markets"),
        ("campaigns", "campaigns"),
        ("calls", "calls"),
        ("members", "campaign_contacts"),
        ("market_contacts", "market_contacts"),
        ("meetings", "meetings"),
        ("signals", "signals"),
        ("suppressions", "suppressions"),
        ("status_changes", "status_changes"),
        ("campaign_days", "campaign_days"),
    ],
)
def test_a_view_has_a_row_for_each_thing(workspace, view, relation):
    assert len(rows(f"SELECT * FROM {view}")) == getattr(workspace, relation).count() > 0  # noqa: S608


def test_an_erased_person_stays_without_a_name_and_with_the_calls(workspace):
    person = Contact.objects.filter(workspace=workspace, calls__isnull=False).exclude(full_name="").first()
    before = rows("SELECT calls_made, contact_count FROM markets")
    names = [value for value in (person.full_name, person.external_id, person.email) if value]

    erase(contact=person, by=None, reason="Asked for it")

    (row,) = rows("SELECT * FROM contacts WHERE contact_id = %s", person.pk)
    assert row["is_erased"]
    assert not [name for name in names if name in str(row)]
    assert rows("SELECT calls_made, contact_count FROM markets") == before


def test_the_examples_of_the_guide_run(workspace):
    examples = re.findall(r"```sql\n(.+?);?\n```", PAGE.read_text(), re.DOTALL)

    found = [rows(sql.replace("%", "%%")) for sql in examples]

    assert len(examples) == 3
    assert all(found)


def test_no_view_has_a_column_with_an_address_a_number_or_free_text():
    columns = {column.name for view in VIEWS for column in view.columns}

    assert not columns & {
        "email",
        "phone",
        "phone_e164",
        "notes",
        "evidence",
        "brief",
        "reason",
        "custom",
        "void_reason",
    }


def test_all_time_is_what_the_views_sum(workspace):
    expected = totals(workspace, None, ALL_TIME, ())

    assert rows("SELECT sum(calls_made) AS n FROM campaigns")[0]["n"] == expected["calls_made"]
