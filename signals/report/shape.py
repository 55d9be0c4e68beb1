"""The shape of a report's document, as JSON.

People appear in its sections by their id only; `people` has their names as of then. A sentence that names somebody
holds `{person:17}`. Days are ISO dates of the workspace's time zone, moments are ISO in UTC.

Its texts are English, whoever completes the campaign. To readers of another language `signals.report.languages` shows
the labels translated and the sentences composed anew from the frozen numbers.
"""

from typing import TypedDict

from django.utils.translation import gettext_noop

FORMAT = 1
"""The version of this shape, stored with each document."""
SECTIONS = {
    "summary": gettext_noop("Summary"),
    "metrics": gettext_noop("Key numbers"),
    "interest": gettext_noop("Who showed interest"),
    "meetings": gettext_noop("Meetings"),
    "signals": gettext_noop("Signals"),
    "firms": gettext_noop("Firms"),
    "outcomes": gettext_noop("Call outcomes"),
    "times": gettext_noop("Attempts and best times"),
    "coverage": gettext_noop("Coverage"),
    "next": gettext_noop("What to do next"),
}
"""Keys and titles of the sections, in their order on the page."""
MOST_LISTED = 20_000
"""The longest list in a document, which bounds its size."""
MOST_WORDS = 400
"""The longest quotation, in characters."""


class Person(TypedDict):
    name: str
    firm: str
    title: str


class StatusStep(TypedDict):
    to: str
    at: str
    by: str
    reason: str


class About(TypedDict):
    """The campaign, as of then."""

    id: int
    name: str
    kind: str
    status: str
    market: str
    market_id: int
    workspace: str
    timezone: str
    starts_on: str | None
    ends_on: str | None
    owner: str
    brief: str
    follows: str
    history: list[StatusStep]


class Summary(TypedDict):
    sentences: list[str]


class Measure(TypedDict):
    """A number and, if it is a share of something, its fraction and 95 % interval."""

    value: int | float | None
    numerator: int | None
    denominator: int | None
    low: float | None
    high: float | None
    note: str
    is_few: bool


class Metric(TypedDict):
    name: str
    label: str
    definition: str
    is_rate: bool
    own: Measure
    others: Measure | None
    """The market's other campaigns, pooled."""
    verdict: str


class Definition(TypedDict):
    label: str
    text: str


class Metrics(TypedDict):
    other_campaigns: int
    rows: list[Metric]
    definitions: list[Definition]


class Heard(TypedDict):
    type: str
    value: str
    day: str
    words: str


class OutcomeOnDay(TypedDict):
    outcome: str
    day: str


class Interested(TypedDict):
    person: int
    outcomes: list[OutcomeOnDay]
    signals: list[Heard]


class Interest(TypedDict):
    total: int
    rows: list[Interested]


class MeetingRow(TypedDict):
    person: int
    booked_on: str
    at: str | None
    status: str


class Meetings(TypedDict):
    total: int
    counts: dict[str, int]
    rows: list[MeetingRow]


class SignalValue(TypedDict):
    value: str
    people: int


class SignalType(TypedDict):
    type: str
    question: str
    signals: int
    people: int
    values: list[SignalValue]


class Move(TypedDict):
    person: int
    before: str
    after: str
    is_stronger: bool
    day: str
    words: str


class Signals(TypedDict):
    total: int
    types: list[SignalType]
    stronger: int
    weaker: int
    moves: list[Move]


class Firm(TypedDict):
    firm: str
    people: int
    called: int
    reached: int
    interest: int


class Firms(TypedDict):
    total: int
    rows: list[Firm]


class OutcomeRow(TypedDict):
    outcome: str
    group: str
    calls: int


class Outcomes(TypedDict):
    rows: list[OutcomeRow]


class AttemptRow(TypedDict):
    attempt: str
    calls: int
    conversations: int


class Weekday(TypedDict):
    weekday: str
    cells: list[tuple[int, int]]
    """Calls and conversations of each hour."""


class Times(TypedDict):
    attempts: list[AttemptRow]
    hours: list[int]
    weekdays: list[Weekday]


class LeftGroup(TypedDict):
    reason: str
    label: str
    people: int


class Left(TypedDict):
    person: int
    reason: str
    attempts: int
    last_outcome: str
    last_call: str | None
    callback_at: str | None


class Coverage(TypedDict):
    contacts: int
    called: int
    reached: int
    closed: int
    left: int
    callable: int
    """Of those left, whom the queue could still offer."""
    groups: list[LeftGroup]
    rows: list[Left]


class Step(TypedDict):
    """`action` names what the portal's page can link to: follow_up, callbacks, meetings, repairs or members."""

    action: str
    people: int
    text: str


class Next(TypedDict):
    steps: list[Step]


class Document(TypedDict):
    format: int
    as_of: str
    known_until: str
    """What was recorded by this moment is in it."""
    members: list[int]
    """The ids of the campaign's people."""
    about: About
    people: dict[str, Person]
    summary: Summary
    metrics: Metrics
    interest: Interest
    meetings: Meetings
    signals: Signals
    firms: Firms
    outcomes: Outcomes
    times: Times
    coverage: Coverage
    next: Next
