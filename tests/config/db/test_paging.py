"""A page of a list is read without the rows of the others."""

from datetime import timedelta

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.models import Call
from config.db.paging import CountedPaginator, can_be_null, keys_with_count, ordering_by, rows_by_key, rows_of_page
from markets.models import Contact
from tests.factories import call


@pytest.fixture
def calls(campaign):
    people = [member.contact for member in campaign.members.order_by("pk")]
    for number in range(11):
        call(campaign, people[number % len(people)], started_at=now() - timedelta(days=number % 4), talk_seconds=number)
    return campaign.calls.order_by("-started_at", "-pk")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_page_has_the_rows_that_slicing_gives(calls, number):
    page = Paginator(calls, 3).page(number)

    assert rows_of_page(calls, page) == list(calls[3 * number - 3 : 3 * number])


def test_no_page_of_nothing_has_rows(calls):
    assert rows_of_page(calls.none(), Paginator(calls.none(), 3).page(1)) == []


def statement(rows, number):
    """The part that finds the keys, and the whole."""
    page = Paginator(rows, 3).page(number)
    with CaptureQueriesContext(connection) as queries:
        rows_of_page(rows, page)
    (whole,) = [each["sql"] for each in queries]
    return whole[whole.index(" IN (SELECT") :].partition("LIMIT")[0], whole


def test_the_last_page_skips_no_rows(calls):
    _, last = statement(calls, 4)
    _, middle = statement(calls, 2)

    assert "OFFSET" not in last
    assert "OFFSET" in middle  # control: a page within does


def test_rows_are_sorted_without_what_is_shown_of_them(calls):
    shown = calls.select_related("contact", "campaign__market").annotate(twice=F("talk_seconds") * 2)
    keys, whole = statement(shown, 1)

    assert "campaigns_campaign" not in keys.replace("campaigns_campaigncontact", "")
    assert "twice" not in keys
    assert "twice" in whole
    assert "markets_market" in whole


def test_related_rows_that_order_a_list_are_of_its_workspace(calls):
    keys, _ = statement(calls.order_by("contact__full_name", "pk"), 1)
    own, _ = statement(calls, 1)
    of_user, _ = statement(calls.order_by("caller__email", "pk"), 1)

    assert '"workspace_id" = (U0."workspace_id")' in keys.replace('"U0"', "U0")
    assert "markets_contact" not in own
    assert "LEFT OUTER JOIN" in of_user  # a call without a user stays in the list


def test_a_page_has_the_order_of_the_model_where_the_list_has_none(calls, campaign):
    """The calls were made in another order than they are shown in."""
    plain = campaign.calls.all()
    page = Paginator(plain, 5).page(1)

    assert rows_of_page(plain, page, unfiltered=Call.objects.all()) == list(calls[:5])
    assert list(plain.order_by("pk")[:5]) != list(calls[:5])


def test_a_page_is_fetched_without_filters_that_were_applied_already(calls):
    found = calls.filter(notes="", contact__full_name__contains="")
    page = Paginator(found, 3).page(1)

    assert rows_of_page(found, page, calls.select_related("contact")) == list(found[:3])


def test_rows_are_counted_with_a_page_where_finding_them_costs_much(calls):
    with CaptureQueriesContext(connection) as queries:
        keys, count = keys_with_count(calls, 3, 3)

    assert rows_by_key(calls, keys) == list(calls[3:6])
    assert (keys, count) == ([row.pk for row in calls[3:6]], 11)
    assert len([each for each in queries if each["sql"].startswith("SELECT")]) == 1
    assert keys_with_count(calls, 12, 3) == ([], 0)
    assert CountedPaginator(calls, 3, count=11).num_pages == 4


def test_rows_that_are_counted_with_a_page_keep_the_order_of_their_model(calls, campaign):
    assert keys_with_count(campaign.calls.all(), 3, 3)[0] == [row.pk for row in calls[3:6]]
    assert keys_with_count(calls.order_by("talk_seconds"), 0, 2)[0] == [
        row.pk for row in calls.order_by("talk_seconds")[:2]
    ]


def test_only_columns_that_may_be_null_are_sorted_with_nulls_last():
    calls = Call.objects.all()

    assert not can_be_null(calls, "disposition")
    assert not can_be_null(calls, "contact__full_name")
    assert can_be_null(calls, "talk_seconds")
    assert can_be_null(calls, "caller__email")
    assert can_be_null(Contact.objects.annotate(found_at=F("created_at")), "found_at")
    assert can_be_null(calls, "no_such_column")
    assert ordering_by(calls, "disposition", is_descending=True).nulls_last is None
    assert ordering_by(calls, "talk_seconds", is_descending=True).nulls_last is True
