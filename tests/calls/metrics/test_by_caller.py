"""What each caller did, in the same numbers as everything else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.metrics.by_caller import all_callers, by_caller
from calls.metrics.definitions import totals
from campaigns.dispositions import Disposition
from campaigns.membership import remove
from tests.factories import MarketFactory, active_campaign, call, signal
from tests.reading import lengths_of_lists, metric, numbers

DENOMINATORS = {"connection_rate": "calls_made"}


@pytest.fixture
def team(campaign, caller, manager):
    """Calls of two users, of two names only the dialer knows, and of nobody, in two campaigns of two markets."""
    workspace = campaign.workspace
    other = active_campaign(2, market=MarketFactory(workspace=workspace), name="Other")
    people = [each.contact for each in campaign.members.order_by("pk")]
    whose = [{"caller": caller}, {"caller": manager}, {"caller_name": "Ann (dialer)"}, {"caller_name": "bob"}, {}]
    for n, disposition in enumerate([*Disposition, *Disposition]):
        made = call(
            campaign,
            people[n % 3],
            disposition=disposition,
            started_at=now() - timedelta(days=2 * n, hours=1),
            talk_seconds=60 * n,
            **whose[n % 5],
        )
        if made.is_conversation:
            signal(made)
    call(other, disposition=Disposition.MEETING_BOOKED, caller=caller)
    void(call=call(other, caller=caller), by=manager, reason="Twice")
    call(other, direction="inbound", caller=caller)
    remove(campaign=campaign, contacts=[people[2].pk], by=manager, reason="Moved")
    return campaign


@pytest.mark.parametrize("query", ["", "period=all", "market", "campaign", "past"])
def test_every_number_of_a_caller_opens_its_rows(as_viewer, team, query):
    today = team.workspace.today()
    queries = {
        "market": f"period=all&market={team.market_id}",
        "campaign": f"period=year&campaign={team.pk}",
        "past": f"from={today - timedelta(days=30)}&to={today - timedelta(days=5)}",
    }
    page = as_viewer.get(f"{reverse('calls:callers', args=['acme'])}?{queries.get(query, query)}")
    followed, length = 0, lengths_of_lists(as_viewer)
    for about, name, value, href in numbers(page):
        if name == "rows" or value is None:
            continue
        rows = length(href)
        assert rows / metric(page, DENOMINATORS[name], about) == value if name in DENOMINATORS else rows == value, (
            about,
            name,
            href,
        )
        followed += 1
    assert followed >= 30


def test_all_callers_together_are_the_workspace(as_viewer, team):
    workspace = team.workspace
    everything = totals(workspace, None)

    page = as_viewer.get(f"{reverse('calls:callers', args=['acme'])}?period=all")

    for name in ("calls_made", "conversations", "connection_rate", "meetings_booked", "signals_captured", "called"):
        assert metric(page, name, "workspace:acme") == everything[name]


def test_what_the_callers_did_adds_up_and_people_count_once(team):
    calls = team.workspace.calls.all()
    rows = by_caller(calls)
    total = all_callers(calls, rows)

    for name in ("calls_made", "conversations", "meetings_booked", "signals_captured", "talk_seconds"):
        assert sum(row[name] for row in rows) == total[name]
    assert max(row["called"] for row in rows) <= total["called"] == 3


def test_they_are_listed_by_name_and_nobody_last(team, caller, manager):
    names = [row.name for row in by_caller(team.workspace.calls.all())]

    assert names == ["Ann (dialer)", "bob", *sorted([str(caller), str(manager)], key=str.casefold), "Nobody named"]


def test_a_caller_sorts_by_any_number_and_is_exported(as_viewer, team):
    url = reverse("calls:callers", args=["acme"])

    page = as_viewer.get(f"{url}?period=all&sort=-calls_made")
    made = [value for about, name, value, _ in numbers(page) if name == "calls_made" and about.startswith("caller")]
    lines = as_viewer.get(f"{url}?period=all&_export=csv").getvalue().decode().splitlines()

    assert made == sorted(made, reverse=True)
    assert lines[0] == (
        "Caller,People called,Calls made,Conversations,Connection rate,Meetings booked,Signals captured,Talk time"
    )
    assert len(lines) == 6


def test_a_rate_of_few_calls_says_so(as_viewer, team):
    assert "few calls" in as_viewer.get(f"{reverse('calls:callers', args=['acme'])}?period=all").content.decode()


def test_the_filter_keeps_the_period_and_the_period_the_filter(as_viewer, team):
    url = reverse("calls:callers", args=["acme"])

    page = as_viewer.get(f"{url}?period=year&market={team.market_id}").content.decode()

    assert '<input type="hidden" name="period" value="year">' in page
    assert f'href="?market={team.market_id}&amp;period=all"' in page
