"""Every number of a market's page equals a recount of the files that its lists were exported as, of now and of then."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import F

from campaigns.lifecycle.transitions import change_status
from campaigns.models import Status
from signals.contacts.erasure import erase
from tests.signals.market_page.recount import Recount
from tests.signals.market_page.story import FIRST, NIGHTS, NOW, SECOND, Story
from tests.thorough import some

ENDED = {"first": date(2025, 9, 29), "last": date(2025, 11, 9)}
PAST = (FIRST, SECOND)
DIMENSIONS = ("firm", "seniority", "city")
NAMED = ("coverage", "firms", "moved")
"""The parts of a page that say where people are, or who they are."""


@pytest.fixture
def make_story(client, workspace, viewer, manager):
    return lambda zone="America/New_York": Story(client, workspace, viewer, manager, zone)


def page_queries(story):
    """As of now and each past day: all time, a period that is over, and one that is not; in turn by each dimension."""
    for turn, as_of in enumerate((None, *PAST)):
        last = as_of or NOW
        of_all = {"last": as_of} if as_of else {}
        for place, days in enumerate((of_all, ENDED, {"first": last - timedelta(days=29), "last": last})):
            yield story.query(as_of, DIMENSIONS[(turn + place) % 3], **days)


def pages(story, queries):
    """Pairs of a query and the cells of its page."""
    with story.on(NOW):
        return [(each, story.cells(each)) for each in queries]


def all_time(story, as_of=None):
    return pages(story, [story.query(as_of, last=as_of)])


def differences(shown, files, people):
    """A sentence for each cell that differs, and the number of all cells."""
    found, count = [], 0
    for query, page in shown:
        expected = Recount(files[query.as_of or NOW], query, people).cells()
        count += len(page | expected)
        found += [
            f"{query}: {' '.join(key)} is {page.get(key)!r}, recounted {expected.get(key)!r}"
            for key in sorted(page.keys() | expected.keys())
            if page.get(key) != expected.get(key)
        ]
    return found, count


@pytest.mark.parametrize("zone", some(NIGHTS))
def test_every_number_of_a_market_equals_a_recount_of_its_exported_lists(make_story, zone):
    story = make_story(zone)

    found, count = differences(pages(story, page_queries(story)), story.files, story.people)

    print("\n".join([*found, f"{len(found)} of {count:,} cells differ in {zone}"]))
    assert found == []
    assert count > 3000


def is_counted_call(row):
    return row["Campaign"] == "Autumn" and row["Direction"] == "Outbound" and row["Voided at"] == ""


LOST = {
    "calls": lambda row, files: is_counted_call(row),
    "signals": lambda row, files: (
        row["Call key"] in {call["Call key"] for call in files.calls if is_counted_call(call)}
    ),
    "meetings": lambda row, files: row["Campaign"] == "Autumn" and row["Status"] == "Held",
    "landscape": lambda row, files: True,
    "campaigns": lambda row, files: row["Campaign"] == "Autumn",
}


def first_current_signal(workspace):
    return workspace.signals.filter(pk=workspace.signals.filter(current_campaign__name="Autumn").order_by("pk")[:1])


BREAKS = {
    "a day's tally": lambda w: w.campaign_days.filter(call_count__gt=0).update(call_count=F("call_count") + 1),
    "what a day's calls came to": lambda w: w.campaign_days.update(no_answer_count=F("no_answer_count") + 1),
    "the signals of a day": lambda w: w.campaign_days.update(signal_count=0),
    "an hour's tally": lambda w: w.campaign_hours.update(conversation_count=0),
    "a member's newest call": lambda w: w.campaign_contacts.update(last_attempt_at=None),
    "what a signal speaks for": lambda w: first_current_signal(w).update(current_campaign=None),
    "how old a signal is": lambda w: first_current_signal(w).update(heard_at=F("heard_at") - timedelta(days=400)),
    "what became of a meeting": lambda w: w.meetings.filter(status="held").update(status="no_show"),
    "who is in the landscape": lambda w: w.market_contacts.order_by("pk").last().delete(),
    "when somebody was removed": lambda w: w.campaign_contacts.update(removed_at=None, removed_reason=""),
}
BREAKS_OF_THEN = {
    "when calls were recorded": lambda w: w.calls.update(recorded_at=F("started_at")),
    "what calls said before": lambda w: w.corrections.all().delete(),
}


def test_a_fault_of_the_portal_and_a_row_that_an_export_leaves_out_are_found(make_story):
    story = make_story()
    for breaks, as_of in ((BREAKS, None), (BREAKS_OF_THEN, FIRST)):
        for what, break_it in breaks.items():
            with transaction.atomic():
                break_it(story.workspace)

                found, count = differences(all_time(story, as_of), story.files, story.people)

                transaction.set_rollback(True)
            assert 0 < len(found) < count, what
    shown, files = all_time(story), story.files[NOW]
    for name, matters in LOST.items():
        rows = getattr(files, name)
        lost = next(row for row in rows if matters(row, files))

        found, count = differences(
            shown, {NOW: replace(files, **{name: [each for each in rows if each != lost]})}, story.people
        )

        assert 0 < len(found) < count, name


def test_the_lists_of_a_past_day_are_those_that_were_exported_on_it(make_story):
    story = make_story("Australia/Lord_Howe")
    for day in (FIRST, SECOND):
        with story.on(NOW):
            again = story.download(as_of=day.isoformat())

        assert comparable(again) == comparable(story.files[day])


def comparable(files):
    """What an export says of its rows, by list."""
    lists = {"calls": files.calls, "signals": files.signals, "meetings": files.meetings}
    lists |= {"campaigns": files.campaigns, "people": files.landscape}
    return {name: sorted(map(sorted, map(dict.items, rows))) for name, rows in (lists | files.members).items()}


def test_a_market_keeps_every_number_when_its_campaigns_are_completed_and_people_erased(make_story, ops):
    story = make_story()
    queries = [*list(page_queries(story))[:3], story.query(SECOND, last=SECOND)]
    before = pages(story, queries)

    with story.on(NOW):
        for campaign in story.workspace.campaigns.exclude(status__in=[Status.DRAFT, Status.COMPLETED]):
            change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="That was all")
        completed = pages(story, queries)
        for contact in (*story.contacts[:4], story.contacts[-1]):
            erase(contact=contact, by=ops, reason="Request 204")
        erased, story.files[NOW] = pages(story, queries), story.download()

    assert [numbers(page) for _, page in completed] == [numbers(page) for _, page in before]
    assert [impersonal_cells(page) for _, page in erased] == [impersonal_cells(page) for _, page in before]
    assert differences([each for each in erased if each[0].as_of is None], story.files, story.people)[0] == []


def numbers(page):
    return {key: value for key, value in page.items() if key[-1] != "status"}


def impersonal_cells(page):
    """The cells that erasure must not change: groups are summed, for an erased contact is in none."""
    sums = Counter()
    for key, value in page.items():
        if key[0] == "coverage":
            sums[key[-1]] += int(value)
    return {key: value for key, value in numbers(page).items() if key[0] not in NAMED}, sums, page.get(("moved",))
