"""Prepares a document for templates/reports/document.html: names for ids, charts for counts."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from calls.metrics.attempts_and_hours import (
    ConversationRate,
    HourlyRates,
    WeekdayRates,
    attempts_chart,
    highest_rate,
    hours_chart,
)
from calls.models.meetings import MeetingStatus
from config.ui.charts import Chart, Segment, Stack, stacked_bar
from signals.market_page.current_breakdown import UNORDERED, value_looks
from signals.report.shape import SECTIONS, Document, Metric, Person, SignalType

PERSON = re.compile(r"\{person:(\d+)\}")
MOST_SHOWN = 100
"""The longest list on a page; the workbook has all of it."""
MAIN_METRICS = ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured")
UNKNOWN = Person(name=gettext_noop("Unknown person"), firm="", title="")


@dataclass(frozen=True)
class Part:
    """A part of a sentence: words, or the name of a person."""

    words: str
    person: int | None = None


@dataclass(frozen=True)
class ShownType:
    """The signals of one type, with a bar of its values."""

    label: str
    question: str
    signals: int
    people: int
    bar: Stack


@dataclass(frozen=True)
class Shown:
    """A document as a reader sees it. Without `shows_people` nothing in it names a person or quotes one."""

    document: Document
    chosen: Collection[str]
    shows_people: bool

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Keys and titles in the order of the page."""
        return [(key, _(title)) for key, title in SECTIONS.items() if key in self.chosen]

    @cached_property
    def people(self) -> dict[int, Person]:
        return {int(key): person for key, person in self.document["people"].items()} if self.shows_people else {}

    @property
    def meeting_counts(self) -> list[tuple[str, int]]:
        """By status, in the order of the statuses: PostgreSQL keeps the keys of a document in another."""
        counts = self.document["meetings"]["counts"]
        with override("en"):
            return [(label, counts[label]) for label in map(str, MeetingStatus.labels) if label in counts]

    @property
    def sentences(self) -> list[list[Part]]:
        """The summary. Sentences that name people are left out where people are not shown."""
        sentences = self.document["summary"]["sentences"]
        return [list(self._parts(each)) for each in sentences if self.shows_people or not PERSON.search(each)]

    def _parts(self, sentence: str) -> Iterator[Part]:
        for place, words in enumerate(PERSON.split(sentence)):
            if place % 2:
                yield Part(self.people.get(int(words), UNKNOWN)["name"], int(words))
            elif words:
                yield Part(words)

    @property
    def main_metrics(self) -> list[Metric]:
        return [row for row in self.document["metrics"]["rows"] if row["name"] in MAIN_METRICS]

    @property
    def types(self) -> list[ShownType]:
        return [
            ShownType(_(each["type"]), _(each["question"]), each["signals"], each["people"], _bar(each))
            for each in self.document["signals"]["types"]
        ]

    @cached_property
    def attempts(self) -> Chart | None:
        rows = self.document["times"]["attempts"]
        top = highest_rate((row["calls"], row["conversations"]) for row in rows)
        label = _("Attempt %(n)s")
        rates = [
            ConversationRate(
                label % {"n": row["attempt"]}, row["calls"], row["conversations"], top, {"attempt": row["attempt"]}
            )
            for row in rows
        ]
        return attempts_chart(rates, None)

    @cached_property
    def hours(self) -> Chart | None:
        times = self.document["times"]
        if not times["hours"]:
            return None
        top = highest_rate((calls, talked) for day in times["weekdays"] for calls, talked in day["cells"])
        rows = []
        for day in times["weekdays"]:
            cells = [
                ConversationRate(f"{_(day['weekday'])} {hour:02}:00–{hour:02}:59", calls, talked, top)
                for hour, (calls, talked) in zip(times["hours"], day["cells"], strict=True)
            ]
            rows.append(WeekdayRates(_(day["weekday"]), cells))
        return hours_chart(HourlyRates([f"{hour:02}" for hour in times["hours"]], rows), None)

    @property
    def calls(self) -> int:
        return sum(row["calls"] for row in self.document["outcomes"]["rows"])


def _bar(found: SignalType) -> Stack:
    people = {each["value"]: each["people"] for each in found["values"]}
    with override("en"):
        is_ordered = found["type"] not in {str(type_.label) for type_ in UNORDERED}
    looks = value_looks(list(people), is_ordered=is_ordered)
    parts = [Segment(_(value), people[value], look) for value, look in looks.items()]
    return stacked_bar(_(found["type"]), parts)


def present(document: Document, chosen: Collection[str] = tuple(SECTIONS), *, shows_people: bool = True) -> Shown:
    return Shown(document, chosen, shows_people)
