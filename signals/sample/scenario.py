"""What the sample tells, before any of it is written: people, missions and the calls made for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaigns.models import Kind, Status
from markets.models import User, Workspace
from signals.capture.services import NewSignal
from signals.sample.places import Landscape, Numbers, Place


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much to invent. Calls and signals come out within a few per cent."""

    people: int
    calls: int
    signals: int
    markets: int = 6
    campaigns: int = 14


@dataclass(frozen=True)
class Staff:
    """The users who did it all."""

    manager: User
    callers: tuple[User, ...]


@dataclass(eq=False)
class Person:
    """Somebody in a landscape, with what they think just now: the numbers are places in vocabulary.VALUES."""

    typed: dict[str, str]
    place: Place
    markets: list[int]
    movement: int
    driver: int
    firm_stability: int
    barred_from: date | None = None
    """From this day a suppression by number or email stands."""
    barred_by: str = ""
    said_do_not_contact: bool = False
    has_wrong_number: bool = False
    last_called: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.timezone)

    def may_be_called(self, day: date) -> bool:
        barred = self.barred_from is not None and day >= self.barred_from
        return bool(self.typed["phone"]) and not (barred or self.said_do_not_contact or self.has_wrong_number)


@dataclass(eq=False)
class Member:
    """A person's place in one mission."""

    person: Person
    attempts: int = 0
    is_closed: bool = False
    last_disposition: str = ""
    callback_at: datetime | None = None


class Step(NamedTuple):
    at: datetime
    to: Status
    reason: str


@dataclass(eq=False)
class Mission:
    """One campaign."""

    name: str
    market: int
    kind: Kind
    status: Status
    share: float
    """Its part of all calls."""
    calls_per_member: float
    follows: "Mission | None"
    created_at: datetime
    starts_on: date | None
    ends_on: date | None
    steps: list[Step]
    days: list[date]
    """The working days that lie wholly inside an Active time."""
    brief: str
    caller: int
    luck: float
    """How much oftener than usual a call becomes a conversation."""
    members: list[Member] = field(default_factory=list)
    attempts: list["Attempt"] = field(default_factory=list)
    conversations: int = 0


@dataclass(kw_only=True)
class Attempt:
    """A call that was made."""

    person: Person
    started_at: datetime
    disposition: str
    caller: User
    talk_seconds: int
    notes: str
    is_inbound: bool = False
    callback_at: datetime | None = None
    meeting_at: datetime | None = None
    heard: list[NewSignal] = field(default_factory=list)
    void_reason: str = ""


@dataclass
class Story:
    workspace: Workspace
    staff: Staff
    size: Size
    moment: datetime
    """The present: nothing happens after it."""
    rng: Random
    landscapes: list[Landscape] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    missions: list[Mission] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)
    """For what is dealt out in turn, so that each kind of it is there."""

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.rng)

    @property
    def today(self) -> date:
        return self.workspace.day_of(self.moment)
