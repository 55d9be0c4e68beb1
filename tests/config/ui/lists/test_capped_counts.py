"""Lists whose rows cost much to count say “10,000+”, and count them all when asked."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.models import Call
from config.db.paging import count_up_to_most
from tests.factories import call


@pytest.fixture
def calls(campaign, monkeypatch):
    """130 calls where 50 are counted, which are two pages."""
    monkeypatch.setattr("config.db.paging.MOST_COUNTED", 50)
    monkeypatch.setattr("config.ui.lists.tables.MOST_COUNTED", 50)
    first = call(campaign, campaign.members.earliest("pk").contact, started_at=now() - timedelta(days=1))
    fields = {"workspace": campaign.workspace, "campaign": campaign, "contact": first.contact}
    Call.objects.bulk_create(
        Call(**fields, disposition=first.disposition, started_at=first.started_at - timedelta(minutes=number))
        for number in range(1, 130)
    )
    return campaign.workspace.calls.newest_first()


@pytest.fixture
def shown(as_viewer, calls, campaign):
    """The text and the links below a list, and the keys of the rows on the page."""

    def open_list(**query):
        page = as_viewer.get(reverse("calls:list", args=[campaign.workspace.slug]), query)
        assert page.status_code == 200
        pager = page.content.decode().split('class="pager"')[1]
        text = " ".join(re.sub("<[^>]+>", " ", pager.split("</span>")[0].split(">", 1)[1]).split())
        links = dict(re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', pager))
        return (
            text,
            {name: href for href, name in links.items()},
            [row.pk for row in page.context["table"].page.object_list.data],
        )

    return open_list


def test_a_list_of_many_rows_says_that_there_are_more(shown, calls):
    text, links, keys = shown(page=2)

    assert text == "50+ calls, page 2 of 2+"
    assert keys == [each.pk for each in calls[25:50]]
    assert links["Next"].endswith("?page=3")  # beyond what is counted
    assert links["Last"].endswith("?page=last")
    assert links["Count all rows"].endswith("count=exact")


def test_a_number_opens_a_list_that_says_its_whole_length(shown):
    assert shown(counted="yes")[0] == "130 calls, page 1 of 6"
    assert shown(counted="yes", direction="outbound")[0] == "130 calls, page 1 of 6"


@pytest.mark.parametrize("query", [{"count": "exact"}, {"page": "3"}, {"page": "last"}])
def test_all_rows_are_counted_on_demand_and_for_pages_beyond(shown, query):
    text, links, _ = shown(**query)

    assert text.startswith("130 calls")
    assert "Count all rows" not in links


def test_the_last_page_is_found_without_knowing_its_number(shown, calls):
    text, links, keys = shown(page="last")

    assert text == "130 calls, page 6 of 6"
    assert keys == [each.pk for each in calls[125:]]
    assert "Next" not in links


def test_a_list_of_fewer_rows_has_its_number(shown, calls):
    Call.objects.filter(pk__in=[each.pk for each in calls[:100]]).update(voided_at=now(), void_reason="Test")

    assert shown(state="standing")[0] == "30 calls, page 1 of 2"
    assert shown(state="voided")[0] == "50+ calls, page 1 of 2+"


def test_filters_that_an_index_serves_are_counted(shown, campaign):
    assert shown(campaign=campaign.pk)[0].startswith("130 calls")


def test_no_more_rows_are_counted_than_needed(calls):
    assert count_up_to_most(calls) == 51
    assert count_up_to_most(calls.voided()) == 0
