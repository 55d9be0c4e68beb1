"""An empty list says why it is empty, and offers the next step as a button that the user may press."""

import re

import pytest
from django.urls import reverse

from tests.factories import CampaignFactory, MembershipFactory

LISTS = ["markets:list", "campaigns:list", "contacts:list", "calls:list", "imports:list", "audiences:list"]
FURTHER = ["suppressions:list", "off_limits:list", "tags:list", "tasks:list", "signals:list", "meetings:list"]


def empty_part(page):
    return page[page.index('class="empty"') :].split("</p>")[0]


def buttons(page):
    return re.findall(r'<a\s+class="button[^"]*" href="([^"]*)"', empty_part(page))


@pytest.fixture(params=["viewer", "caller", "manager"])
def as_role(request, client, workspace):
    client.force_login(MembershipFactory(workspace=workspace, role=request.param).user)
    return client


def test_a_list_without_rows_says_where_they_come_from(as_viewer, workspace):
    page = as_viewer.get(reverse("contacts:list", args=[workspace.slug])).content.decode()

    assert "No people yet. They come from an imported list" in page
    assert "Ask a manager to import a list." in page
    assert "matches these" not in page


def test_a_filter_is_named_as_the_reason_and_can_be_cleared(as_viewer, workspace):
    page = as_viewer.get(reverse("contacts:list", args=[workspace.slug]), {"q": "nobody"}).content.decode()

    assert "No one matches these filters." in page
    assert buttons(page) == [reverse("contacts:list", args=[workspace.slug])]
    assert "No people yet" not in page


@pytest.mark.parametrize("name", LISTS + FURTHER)
def test_each_button_leads_to_a_page_that_the_role_may_open(as_role, workspace, name):
    page = as_role.get(reverse(name, args=[workspace.slug])).content.decode()

    for address in buttons(page):
        assert as_role.get(address.replace("&amp;", "&"), follow=True).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_manager_always_has_a_next_step(as_manager, workspace, name):
    page = as_manager.get(reverse(name, args=[workspace.slug])).content.decode()

    assert buttons(page)
    assert "Ask a manager" not in page


def test_a_campaign_without_people_offers_to_choose_them(as_manager, workspace):
    campaign = CampaignFactory(workspace=workspace, market__workspace=workspace)
    people = as_manager.get(reverse("campaigns:members", args=["acme", campaign.pk])).content.decode()
    choosing = as_manager.get(reverse("campaigns:choose", args=["acme", campaign.pk])).content.decode()

    assert buttons(people) == [reverse("campaigns:choose", args=["acme", campaign.pk])]
    assert buttons(choosing) == [f"/w/acme/imports/new/?kind=people&amp;market={campaign.market_id}"]


def test_a_list_without_rows_has_no_total(as_viewer, workspace):
    assert "<tfoot>" not in as_viewer.get(reverse("markets:list", args=["acme"])).content.decode()
