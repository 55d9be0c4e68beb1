"""The period that a page opens with: of its address, chosen during the visit, or the workspace's default."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.ui.remembered_period import COOKIE
from markets.models import AuditEvent
from tests.factories import MarketFactory

DASHBOARD = reverse("dashboard", args=["acme"])
CAMPAIGNS = reverse("campaigns:list", args=["acme"])
SETTING = reverse("settings_period", args=["acme"])
OF_THE_WORKSPACE = ["dashboard", "review", "markets:list", "campaigns:list", "calls:callers", "campaigns:compare"]


def shown(client, url, **query):
    return client.get(url, query, follow=True).context["choice"]


def pages_of(campaign):
    of_campaign = [reverse(f"campaigns:{name}", args=["acme", campaign.pk]) for name in ("detail", "performance")]
    market = reverse("markets:detail", args=["acme", campaign.market_id])
    kept = reverse("callbacks:tallies", args=["acme"])
    return [*(reverse(name, args=["acme"]) for name in OF_THE_WORKSPACE), market, *of_campaign, kept]


def test_pages_open_on_the_last_thirty_days(as_viewer, campaign):
    names = {url: shown(as_viewer, url).name for url in pages_of(campaign)}

    assert set(list(names.values())[:7]) == {"30d"}
    assert set(list(names.values())[7:]) == {"all"}  # a campaign is a period of its own


@pytest.mark.parametrize("name", ["30d", "quarter", "year", "all"])
def test_the_default_is_a_setting_of_the_workspace(as_manager, workspace, name):
    page = as_manager.post(SETTING, {"default_period": name}, follow=True)

    assert "Default period saved" in page.content.decode()
    assert shown(as_manager, DASHBOARD).name == name
    assert shown(as_manager, CAMPAIGNS).name == name


def test_changing_the_default_is_recorded_and_an_unknown_one_is_refused(as_manager, workspace):
    as_manager.post(SETTING, {"default_period": "quarter"})
    page = as_manager.post(SETTING, {"default_period": "fortnight"}, follow=True).content.decode()

    workspace.refresh_from_db()
    assert workspace.default_period == "quarter"
    assert "“fortnight” isn’t a period" in page.replace("&#x27;", "’").replace("isn't", "isn’t")
    assert AuditEvent.objects.filter(action="setting_changed").count() == 1


def test_the_period_that_somebody_chooses_stays_for_the_visit(as_viewer, campaign):
    assert shown(as_viewer, DASHBOARD, period="quarter").name == "quarter"

    assert {shown(as_viewer, url).name for url in pages_of(campaign)} == {"quarter"}


def test_it_stays_beside_other_parameters(as_viewer, workspace):
    shown(as_viewer, DASHBOARD, period="quarter")

    choice = shown(as_viewer, CAMPAIGNS, status="active", as_of="2026-01-05")
    assert choice.name == "quarter"
    assert choice.others == {"status": "active"}
    assert choice.period.as_of.isoformat() == "2026-01-05"


def test_chosen_days_stay_too(as_viewer, campaign):
    asked = {"from": "2026-01-05", "to": "2026-02-01"}
    shown(as_viewer, DASHBOARD, **asked)

    choice = shown(as_viewer, CAMPAIGNS)
    assert choice.name == "custom"
    assert choice.period.parameters() == asked


def test_an_address_with_a_period_wins_and_is_remembered(as_viewer):
    shown(as_viewer, DASHBOARD, period="quarter")

    assert shown(as_viewer, CAMPAIGNS, period="all").name == "all"
    assert shown(as_viewer, DASHBOARD).name == "all"


def test_a_past_day_is_not_remembered(as_viewer, workspace):
    day = workspace.created_at.date().isoformat()
    choice = shown(as_viewer, DASHBOARD, **{"from": "2020-01-01", "to": "2020-12-31", "as_of": "2020-06-01"})
    assert choice.period.as_of is not None, day

    again = shown(as_viewer, CAMPAIGNS)
    assert again.period.as_of is None
    assert again.period.parameters() == {"from": "2020-01-01", "to": "2020-12-31"}


def test_the_cookie_ends_with_the_visit_and_belongs_to_the_workspace(as_viewer):
    cookie = as_viewer.get(DASHBOARD, {"period": "quarter"}).cookies[COOKIE]

    assert cookie["path"] == DASHBOARD
    assert not cookie["expires"]
    assert not cookie["max-age"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_page_without_a_choice_sets_no_cookie(as_viewer):
    assert COOKIE not in as_viewer.get(DASHBOARD).cookies


@pytest.mark.parametrize("period", ["fortnight", "", "quarter\0"])
def test_a_period_that_is_none_is_not_remembered(as_viewer, period):
    assert COOKIE not in as_viewer.get(DASHBOARD, {"period": period}).cookies


@pytest.mark.parametrize(
    "text", ["fortnight", ".", "2026-13-01.", "2026-02-01.2026-01-01", "x" * 5000, "..", "30d.30d", "é.\x00"]
)
def test_a_cookie_that_says_nothing_is_ignored(as_viewer, text):
    as_viewer.cookies[COOKIE] = text

    choice = shown(as_viewer, DASHBOARD)
    assert choice.name == "30d"
    assert not choice.problem


def test_neither_a_prefetch_nor_a_head_request_changes_what_is_remembered(as_viewer):
    prefetched = as_viewer.get(DASHBOARD, {"period": "year"}, headers={"Sec-Purpose": "prefetch"})
    asked = as_viewer.head(DASHBOARD, {"period": "year"})

    assert COOKIE not in prefetched.cookies
    assert COOKIE not in asked.cookies


def test_remembering_writes_nothing_to_the_database(as_viewer):
    as_viewer.get(DASHBOARD)  # notes the visit
    with CaptureQueriesContext(connection) as queries:
        as_viewer.get(DASHBOARD, {"period": "year"})

    assert not [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_list_that_is_filtered_keeps_the_period_that_it_shows(as_viewer, workspace):
    MarketFactory(workspace=workspace)
    shown(as_viewer, DASHBOARD, period="quarter")

    page = as_viewer.get(reverse("markets:list", args=["acme"]))
    assert page.context["choice"].hidden_inputs == {"period": "quarter"}


def test_changes_say_what_they_are_measured_against(as_viewer):
    assert shown(as_viewer, DASHBOARD).versus == "vs previous 30 days"
    assert shown(as_viewer, DASHBOARD, **{"from": "2026-01-05", "to": "2026-01-05"}).versus == "vs the day before"
    assert shown(as_viewer, DASHBOARD, period="all").versus == ""
