"""The tables of a report for a spreadsheet: a sheet for each, with all rows."""

from collections.abc import Collection, Iterator, Sequence

from config.ui.lists.exports import Sheet
from signals.report.presentation import UNKNOWN, Shown, present
from signals.report.shape import SECTIONS, Document, Measure

type Rows = Iterator[Sequence[object]]
PERSON = ("Person", "Firm", "Title")


def sheets(document: Document, chosen: Collection[str] = tuple(SECTIONS)) -> Iterator[Sheet]:
    shown = present(document, chosen)
    tables = {
        "summary": [("Summary", _summary(shown))],
        "metrics": [("Key numbers", _metrics(document)), ("Definitions", _definitions(document))],
        "interest": [("Interest", _interest(shown)), ("Interest signals", _interest_signals(shown))],
        "meetings": [("Meetings", _meetings(shown))],
        "signals": [("Signals", _signals(document)), ("Moved", _moves(shown))],
        "firms": [("Firms", _firms(document))],
        "outcomes": [("Outcomes", _outcomes(shown))],
        "times": [("Attempts", _attempts(document)), ("Best times", _hours(document))],
        "coverage": [("Why people are left", _left_groups(document)), ("Who is left", _left(shown))],
        "next": [("Next", _next(document))],
    }
    for key in SECTIONS:
        if key in chosen:
            yield from tables[key]


def _person(shown: Shown, key: int) -> tuple[str, str, str]:
    person = shown.people.get(key, UNKNOWN)
    return person["name"], person["firm"], person["title"]


def _summary(shown: Shown) -> Rows:
    about = shown.document["about"]
    yield "What", "Text"
    yield "Campaign", about["name"]
    yield "Market", about["market"]
    yield "Kind", about["kind"]
    yield "Status", about["status"]
    yield "As of (UTC)", shown.document["as_of"]
    for parts in shown.sentences:
        yield "Summary", "".join(part.words for part in parts)
    yield "Brief", about["brief"]
    for step in about["history"]:
        yield step["to"], f"{step['at']} {step['by']} {step['reason']}".rstrip()


def _metrics(document: Document) -> Rows:
    measured = ("value", "numerator", "denominator", "low", "high")
    others = [f"Others: {each}" for each in measured]
    yield "Metric", *(each.capitalize() for each in measured), *others, "Difference"
    for row in document["metrics"]["rows"]:
        yield row["label"], *_measure(row["own"]), *_measure(row["others"]), row["verdict"]


def _measure(measure: Measure | None) -> tuple[object, ...]:
    if measure is None:
        return (None,) * 5
    return measure["value"], measure["numerator"], measure["denominator"], measure["low"], measure["high"]


def _definitions(document: Document) -> Rows:
    yield "Number", "Definition"
    for each in document["metrics"]["definitions"]:
        yield each["label"], each["text"]


def _interest(shown: Shown) -> Rows:
    yield *PERSON, "Outcome", "Day"
    for row in shown.document["interest"]["rows"]:
        for each in row["outcomes"]:
            yield *_person(shown, row["person"]), each["outcome"], each["day"]
        if not row["outcomes"]:
            yield *_person(shown, row["person"]), "By signal only", ""


def _interest_signals(shown: Shown) -> Rows:
    yield *PERSON, "Signal", "Value", "Day", "Words"
    for row in shown.document["interest"]["rows"]:
        for each in row["signals"]:
            yield *_person(shown, row["person"]), each["type"], each["value"], each["day"], each["words"]


def _meetings(shown: Shown) -> Rows:
    yield *PERSON, "Meeting (UTC)", "Outcome", "Booked on"
    for row in shown.document["meetings"]["rows"]:
        yield *_person(shown, row["person"]), row["at"], row["status"], row["booked_on"]


def _signals(document: Document) -> Rows:
    yield "Signal", "Value", "People"
    for each in document["signals"]["types"]:
        for value in each["values"]:
            yield each["type"], value["value"], value["people"]


def _moves(shown: Shown) -> Rows:
    yield *PERSON, "Before", "After", "Heard on", "Words"
    for row in shown.document["signals"]["moves"]:
        yield *_person(shown, row["person"]), row["before"], row["after"], row["day"], row["words"]


def _firms(document: Document) -> Rows:
    yield "Firm", "People", "Called", "Spoken with", "Interest"
    for row in document["firms"]["rows"]:
        yield row["firm"], row["people"], row["called"], row["reached"], row["interest"]


def _outcomes(shown: Shown) -> Rows:
    yield "Outcome", "Group", "Calls", "Share"
    for row in shown.document["outcomes"]["rows"]:
        yield row["outcome"], row["group"], row["calls"], row["calls"] / shown.calls


def _attempts(document: Document) -> Rows:
    yield "Attempt", "Calls", "Conversations"
    for row in document["times"]["attempts"]:
        yield row["attempt"], row["calls"], row["conversations"]


def _hours(document: Document) -> Rows:
    yield "Weekday", "Hour", "Calls", "Conversations"
    for day in document["times"]["weekdays"]:
        for hour, (calls, conversations) in zip(document["times"]["hours"], day["cells"], strict=True):
            if calls:
                yield day["weekday"], hour, calls, conversations


def _left_groups(document: Document) -> Rows:
    yield "Why they are left", "People"
    for group in document["coverage"]["groups"]:
        yield group["label"], group["people"]


def _left(shown: Shown) -> Rows:
    coverage = shown.document["coverage"]
    labels = {group["reason"]: group["label"] for group in coverage["groups"]}
    yield *PERSON, "Reason", "Attempts", "Last outcome", "Last call", "Callback (UTC)"
    for row in coverage["rows"]:
        called = (row["last_outcome"], row["last_call"], row["callback_at"])
        yield *_person(shown, row["person"]), labels[row["reason"]], row["attempts"], *called


def _next(document: Document) -> Rows:
    yield "What to do next", "People"
    for step in document["next"]["steps"]:
        yield step["text"], step["people"]
