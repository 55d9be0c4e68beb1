"""The nights on which the clocks are changed: every call counts for the day that it had where the firm is.

The days are counted here with zoneinfo in plain Python; one zone changes by half an hour, one never.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls import derived
from calls.ingest.parsing import CALL_FIELDS, RANKED
from calls.log.services import amend, void
from markets.imports.mapping import ColumnMapping
from tests.factories import active_campaign, call, signal
from tests.importing import import_calls

NIGHTS = {
    "America/New_York": (date(2025, 3, 9), date(2025, 11, 2)),
    "Europe/London": (date(2025, 3, 30), date(2025, 10, 26)),
    "Australia/Lord_Howe": (date(2025, 10, 5), date(2025, 4, 6)),
    "Asia/Kathmandu": (date(2025, 3, 30), date(2025, 10, 26)),
}
"""The day on which the clocks are put forward, and back."""
GONE = {
    "America/New_York": ("2025-03-09 02:00", "2025-03-09 02:59:59"),
    "Europe/London": ("2025-03-30 01:00", "2025-03-30 01:59:59"),
    "Australia/Lord_Howe": ("2025-10-05 02:00", "2025-10-05 02:29:59"),
}
TWICE = {
    "America/New_York": ("2025-11-02 01:00", "2025-11-02 01:59:59"),
    "Europe/London": ("2025-10-26 01:00", "2025-10-26 01:59:59"),
    "Australia/Lord_Howe": ("2025-04-06 01:30", "2025-04-06 01:59:59"),
}
HEADER = ["Call ID", "Contact", "Started at", "Disposition"]
DISPOSITIONS = ["no_answer", "future_potential", "meeting_booked", "voicemail"]
CONVERSATIONS = {"future_potential", "meeting_booked"}


@pytest.fixture(params=NIGHTS)
def zone(request):
    return ZoneInfo(request.param)


@pytest.fixture
def campaign(market, workspace, zone):
    workspace.timezone = zone.key
    workspace.save()
    return active_campaign(market=market, days_ago=1500)


def moments(day, zone, step):
    """From three hours before the day until three hours after it, as time passes."""
    moment = datetime.combine(day, time.min, zone).astimezone(UTC) - timedelta(hours=3)
    end = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC) + timedelta(hours=3)
    while moment < end:
        yield moment
        moment += step


def is_unambiguous(moment, zone):
    """True if the local clock shows the time of this moment only once."""
    shown = moment.astimezone(zone).replace(tzinfo=None)
    return shown.replace(tzinfo=zone, fold=0).utcoffset() == shown.replace(tzinfo=zone, fold=1).utcoffset()


def import_log(campaign, *times):
    """A log of calls that start at these times, as texts."""
    contact = campaign.members.get().contact
    known = campaign.calls.count()
    rows = [
        (line, [f"{known} {line}", contact.email, text, DISPOSITIONS[line % 4]])
        for line, text in enumerate(times, start=2)
    ]
    return import_calls(campaign=campaign, rows=rows, columns=ColumnMapping(HEADER, CALL_FIELDS, ranked=RANKED))


def stored_days(campaign):
    return {
        day.day: (day.call_count, day.conversation_count, day.meeting_count, day.signal_count)
        for day in campaign.days.all()
        if day.call_count
    }


def counted_days(campaign, zone):
    """The same from the calls themselves, with no SQL that knows what a day is."""
    made, talked, booked, heard = Counter(), Counter(), Counter(), Counter()
    for each in campaign.calls.prefetch_related("signals"):
        if each.voided_at is None:
            day = each.started_at.astimezone(zone).date()
            made[day] += 1
            talked[day] += each.disposition in CONVERSATIONS
            booked[day] += each.disposition == "meeting_booked"
            heard[day] += len(each.signals.all())
    return {day: (made[day], talked[day], booked[day], heard[day]) for day in made}


def test_calls_that_are_recorded_one_by_one_fall_on_the_days_of_the_clock_on_the_wall(campaign, zone):
    for day in NIGHTS[zone.key]:
        for n, moment in enumerate(moments(day, zone, timedelta(minutes=97))):
            made = call(campaign, started_at=moment, disposition=DISPOSITIONS[n % 4])
            if n % 4 == 1:
                signal(made)

    assert len(stored_days(campaign)) == 6
    assert stored_days(campaign) == counted_days(campaign, zone)
    assert derived.check(campaign.workspace) == []


def test_a_log_with_times_from_the_wall_does_too(campaign, zone):
    step = timedelta(minutes=10)
    there = [moment for day in NIGHTS[zone.key] for moment in moments(day, zone, step)]
    unambiguous = [moment for moment in there if is_unambiguous(moment, zone)]

    result = import_log(campaign, *(f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" for moment in unambiguous))

    assert (result.created, result.rejected) == (len(unambiguous), 0)
    assert sorted(campaign.calls.values_list("started_at", flat=True)) == sorted(unambiguous)
    assert stored_days(campaign) == counted_days(campaign, zone)


def test_a_time_that_the_clock_showed_twice_or_never_is_refused_by_row_and_taken_with_its_offset(campaign, zone):
    gone, twice = GONE.get(zone.key, ()), TWICE.get(zone.key, ())

    result = import_log(campaign, *gone, *twice, "2025-06-01 12:00")

    assert result.created == 1
    assert [each.message for each in result.rejections] == [
        f"“{text}” {problem} in {zone.key}. Give the time with its offset from UTC."
        for times, problem in (
            (gone, "does not exist: the clocks were put forward over it"),
            (twice, "was there twice: the clocks were put back"),
        )
        for text in times
    ]
    both = [
        datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).isoformat() for text in twice for fold in (0, 1)
    ]
    assert import_log(campaign, *both).created == len(both)
    assert stored_days(campaign) == counted_days(campaign, zone)


def test_calls_that_are_moved_over_midnight_and_voided_leave_both_days_right(campaign, zone):
    for day in NIGHTS[zone.key]:
        for n, hours in enumerate((-1, 1, 23, 25)):
            start = datetime.combine(day, time.min, zone).astimezone(UTC)
            made = call(campaign, started_at=start + timedelta(hours=hours), disposition=DISPOSITIONS[n])
            assert stored_days(campaign) == counted_days(campaign, zone)
            over = start + timedelta(hours=-hours if abs(hours) == 1 else 48 - hours)
            amend(call=made, by=None, reason="The dialer's clock was wrong", started_at=over)
            assert stored_days(campaign) == counted_days(campaign, zone)
            if n % 2:
                void(call=made, by=None, reason="Mistake")
                assert stored_days(campaign) == counted_days(campaign, zone)

    assert derived.check(campaign.workspace) == []
