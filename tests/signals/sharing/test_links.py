"""Managers make, see and revoke links."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.timezone import now

from campaigns.models import SharedLink
from signals.sharing.links import find, revoke, share
from signals.sharing.market_document import MARKET_SECTIONS
from tests.factories import MarketFactory, completed_campaign
from tests.reading import metric

LIST = reverse("shared:list", args=["acme"])


def form(market, **fields):
    return {
        "label": "Harbour Partners",
        "expires_on": (market.workspace.today() + timedelta(days=30)).isoformat(),
        "kind": "live",
        "period": "all",
        "sections": ["figures", "weeks"],
    } | fields


def address(market):
    return reverse("shared:market", args=[market.workspace.slug, market.pk])


def path_in(page):
    return "/s/" + page.content.decode().split("/s/")[1].split('"')[0]


def test_a_link_is_made_shown_once_and_opens(as_manager, client, market, manager):
    page = as_manager.post(address(market), form(market))

    link = SharedLink.objects.get()
    assert (link.market, link.created_by, link.sections) == (market, manager, ["figures", "weeks"])
    assert not link.shows_people
    assert "can't be shown again" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    path = path_in(page)
    assert client.get(path).status_code == 200
    assert path not in as_manager.get(LIST).content.decode()
    assert list(market.workspace.audit_events.order_by("pk").values_list("action", "user")) == [
        ("link_made", manager.pk),
        ("link_visited", None),
    ]


def test_the_form_offers_thirty_days_all_sections_and_no_names(as_manager, market):
    page = as_manager.get(address(market), {"period": "30d"}).content.decode()

    assert f'value="{market.workspace.today() + timedelta(days=30)}"' in page
    assert page.count('name="sections"') == page.count("checked") - 1 == len(MARKET_SECTIONS)
    assert '<option value="30d" selected' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"expires_on": "2020-01-01"}, "Choose a day from today to 366 days from now."),
        ({"expires_on": "9999-12-31"}, "Choose a day from today to 366 days from now."),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"sections": []}, "This field is required."),
        ({"sections": ["secrets"]}, "secrets is not one of the available choices"),
        ({"period": "fortnight"}, "fortnight is not one of the available choices"),
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 121}, "at most 120 characters"),
        ({"password": "short"}, "at least 8 characters"),
    ],
)
def test_what_cannot_be_shared_is_said_and_nothing_is_made(as_manager, market, fields, sentence):
    page = as_manager.post(address(market), form(market, **fields))

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not SharedLink.objects.exists()


def test_the_domain_refuses_it_too(market):
    today = market.workspace.today()

    def refused(**fields):
        with pytest.raises(ValidationError):
            share(**{"thing": market, "by": None, "label": "X", "expires_on": today, "sections": ["weeks"]} | fields)

    refused(expires_on=today - timedelta(days=1))
    refused(expires_on=today + timedelta(days=367))
    refused(sections=[])
    refused(sections=["weeks", "secrets"])
    refused(period="fortnight")
    market.workspace.archived_at = now()
    refused()


def test_the_list_counts_visits_and_each_number_opens_them(as_manager, client, market):
    _, token = share(thing=market, by=None, label="One", expires_on=market.workspace.today(), sections=["weeks"])
    share(thing=market, by=None, label="Two", expires_on=market.workspace.today(), sections=["weeks"])
    for _ in range(3):
        client.get(reverse("shared_page", args=[token]))
    one = SharedLink.objects.get(label="One")

    page = as_manager.get(LIST)

    assert metric(page, "rows") == 2
    assert metric(page, "visits", f"link:{one.pk}") == 3
    visits = as_manager.get(reverse("audit", args=["acme"]), {"action": "link_visited", "link": one.pk})
    assert metric(visits, "rows") == 3


def test_the_list_is_filtered_by_state(as_manager, market):
    today = market.workspace.today()
    for label in ("works", "revoked", "expired"):
        share(thing=market, by=None, label=label, expires_on=today, sections=["weeks"])
    revoke(link=SharedLink.objects.get(label="revoked"), by=None)
    SharedLink.objects.filter(label="expired").update(expires_at=now() - timedelta(minutes=1))

    for state, label in (("working", "works"), ("revoked", "revoked"), ("expired", "expired")):
        page = as_manager.get(LIST, {"state": state})
        assert metric(page, "rows") == 1
        assert f"<strong>{label}</strong>" in page.content.decode()


def test_a_manager_revokes_once(as_manager, market, manager):
    link, token = share(thing=market, by=None, label="A", expires_on=market.workspace.today(), sections=["weeks"])
    url = reverse("shared:revoke", args=["acme", link.pk])

    first = as_manager.post(url, follow=True).content.decode()
    again = as_manager.post(url, follow=True).content.decode()

    assert "Link for A revoked. It no longer opens." in first
    assert "revoked already" in again
    assert find(token) is None
    link.refresh_from_db()
    assert link.revoked_by == manager
    assert market.workspace.audit_events.filter(action="link_revoked").count() == 1


def test_the_page_of_a_market_leads_there(as_manager, as_viewer, market, manager, viewer):
    url = reverse("markets:detail", args=["acme", market.pk])
    as_manager.force_login(manager)
    assert address(market) in as_manager.get(url).content.decode()

    as_viewer.force_login(viewer)
    assert address(market) not in as_viewer.get(url).content.decode()


def test_a_market_without_anything_can_be_shared(client, workspace):
    market = MarketFactory(workspace=workspace)
    for is_frozen in (False, True):
        _, token = share(
            thing=market,
            by=None,
            label="Empty",
            expires_on=workspace.today(),
            sections=MARKET_SECTIONS,
            is_frozen=is_frozen,
        )
        assert client.get(reverse("shared_page", args=[token])).status_code == 200


def test_a_report_is_shared_from_its_page(as_manager, client, market, manager):
    report = completed_campaign(market=market).reports.get()
    url = reverse("shared:report", args=["acme", report.pk])
    assert url in as_manager.get(reverse("campaigns:report", args=["acme", report.campaign_id])).content.decode()
    shown = as_manager.get(url).content.decode()
    assert 'name="kind"' not in shown
    fields = {name: value for name, value in form(market).items() if name not in ("kind", "period")}

    page = as_manager.post(url, fields | {"sections": ["summary", "metrics"]})

    link = SharedLink.objects.get()
    assert (link.report, link.market, link.document) == (report, None, None)
    assert client.get(path_in(page)).status_code == 200
    assert str(report) in as_manager.get(LIST).content.decode()


def test_what_cannot_be_a_token_is_not_looked_up(db):
    assert find("\ud800") is None
