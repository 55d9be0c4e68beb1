"""The order of day and month is found in the whole log, and asked for only where no row shows it."""

import pytest

from calls.ingest.inspection import FIRST_ROWS
from calls.models import Call
from markets.models import ImportKind
from tests.factories import CampaignFactory, member, utc
from tests.importing import finished_import


@pytest.fixture
def campaign(market):
    campaign = CampaignFactory(market=market)
    member(campaign, external_id="A")
    return campaign


def import_log(campaign, *dates, **options):
    lines = [f"c{number},A,{date},No Answer" for number, date in enumerate(dates)]
    header = "Call ID,Contact,Start time,Result"
    options = {"kind": ImportKind.CALLS, "campaign": campaign.pk, "historical": True} | options
    return finished_import(campaign.workspace, header, *lines, **options)


def starts():
    return list(Call.objects.order_by("dialer_call_id").values_list("started_at", flat=True))


def test_one_row_shows_the_order_of_all(campaign):
    job = import_log(campaign, "02/03/2026 10:00", "04/03/2026 10:00", "23/03/2026 10:00")

    assert (job.created, job.option("found")) == (3, {"date_order": "dmy"})
    assert starts() == [utc(2026, 3, 2, 15), utc(2026, 3, 4, 15), utc(2026, 3, 23, 14)]


def test_the_month_may_come_first(campaign):
    import_log(campaign, "02/03/2026 10:00 AM", "2/23/2026 10:00 AM")

    assert starts() == [utc(2026, 2, 3, 15), utc(2026, 2, 23, 15)]


def test_the_order_is_asked_for_where_every_row_can_be_read_in_two_ways(campaign):
    job = import_log(campaign, "02/03/2026 10:00", "04/03/2026 10:00", "05/05/2026 10:00")

    assert job.state == "failed"
    assert "“02/03/2026 10:00” is 2 March or 3 February" in job.failure
    assert "--date-order dmy" in job.failure
    assert not Call.objects.exists()

    assert import_log(campaign, "02/03/2026 10:00", date_order="mdy").created == 1
    assert starts() == [utc(2026, 2, 3, 15)]


def test_of_a_log_with_both_orders_only_clear_dates_are_read(campaign):
    job = import_log(campaign, "23/03/2026 10:00", "03/24/2026 10:00", "02/03/2026 10:00")

    assert (job.created, job.rejected) == (2, 1)
    assert "can be 2 March 2026 or 3 February 2026" in job.rejections.get().message


def test_one_clear_date_is_enough_not_to_ask_and_the_others_are_refused_alone(campaign):
    job = import_log(campaign, "2026-03-02 10:00", "02/03/2026 10:00")

    assert (job.state, job.created, job.rejected) == ("completed", 1, 1)


def test_dates_that_name_the_month_or_begin_with_the_year_need_no_order(campaign):
    job = import_log(campaign, "2026-03-02 10:00", "3 Mar 2026 10:00", "04.03.2026 10:00", "05/05/2026 10:00")

    assert job.created == 4


def test_a_long_log_with_other_dates_is_not_read_twice(campaign):
    dates = ["2026-03-02 10:00"] * FIRST_ROWS
    job = import_log(campaign, *dates, "02/03/2026 10:00", "23/03/2026 10:00")

    assert (job.created, job.rejected, job.option("found")) == (FIRST_ROWS + 1, 1, {})
