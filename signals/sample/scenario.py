"""The sample data in memory, before it is written: people, campaigns and calls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaigns.models import Kind, Status
from markets.models import User, Workspace
from signals.capture.services import NewSignal
from signals.sample.geographies import Geography, MarketProfile, PhoneNumberPool

# What changed in the last 30 days, by the index of a market, so that pages have findings to show.
RECENT_COLD_CONVERSATIONS = {0: 0.1, 3: 3.0}
"""Multiplies the odds of a conversation outside follow-ups: fewer answer in the first market, more in the fourth."""
EARLIER_PACE = {1: 0.35}
"""Multiplies the calls of the days before. What was not called then is called in the last 30 days."""
STIRRED = frozenset({0, 3})
"""Where those who are reached have become readier to move."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """The amount of data. The numbers of calls and signals are met within a few per cent."""

    people: int
    calls: int
    signals: int
    markets: int = 6
    campaigns: int = 14


@dataclass(frozen=True)
class Staff:
    """The users in whose name everything is recorded."""

    manager: User
    callers: tuple[User, ...]


@dataclass(eq=False)
class SamplePerson:
    """A contact and their current opinions; `movement`, `driver` and `firm_stability` are indexes into VALUES."""

    fields: dict[str, str]
    geography: Geography
    markets: list[int]
    movement: int
    driver: int
    firm_stability: int
    suppressed_from: date | None = None
    """The first day of a suppression by number or email."""
    suppressed_by: str = ""
    is_do_not_contact: bool = False
    has_wrong_number: bool = False
    last_called_on: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.geography.timezone)

    def can_be_called(self, day: date) -> bool:
        is_suppressed = self.suppressed_from is not None and day >= self.suppressed_from
        return bool(self.fields["phone"]) and not (is_suppressed or self.is_do_not_contact or self.has_wrong_number)


@dataclass(eq=False)
class SampleMember:
    """A person's membership of one campaign."""

    person: SamplePerson
    attempt_count: int = 0
    is_closed: bool = False
    last_disposition: str = ""
    callback_at: datetime | None = None


class StatusStep(NamedTuple):
    at: datetime
    to: Status
    reason: str


@dataclass(eq=False)
class CampaignPlan:
    """A campaign with its members and calls. `market` and `caller` are indexes, `follows` an earlier campaign."""

    name: str
    market: int
    kind: Kind
    status: Status
    share: float
    """Its fraction of all calls, 0 to 1."""
    calls_per_member: float
    follows: "CampaignPlan | None"
    created_at: datetime
    starts_on: date | None
    ends_on: date | None
    steps: list[StatusStep]
    days: list[date]
    """Working days on which the campaign is Active from start to end."""
    brief: str
    caller: int
    conversation_factor: float
    """Multiplies the odds of a conversation."""
    members: list[SampleMember] = field(default_factory=list)
    calls: list["SampleCall"] = field(default_factory=list)
    conversations: int = 0


@dataclass(kw_only=True)
class SampleCall:
    person: SamplePerson
    started_at: datetime
    disposition: str
    caller: User
    talk_seconds: int
    notes: str
    is_inbound: bool = False
    callback_at: datetime | None = None
    meeting_at: datetime | None = None
    signals: list[NewSignal] = field(default_factory=list)
    void_reason: str = ""


@dataclass
class Scenario:
    workspace: Workspace
    staff: Staff
    size: Size
    moment: datetime
    """The present; no event is later."""
    rng: Random
    markets: list[MarketProfile] = field(default_factory=list)
    people: list[SamplePerson] = field(default_factory=list)
    plans: list[CampaignPlan] = field(default_factory=list)
    round_robin: Iterator[int] = field(default_factory=count)
    """Counter for choices made in turn, so that every one occurs."""

    def __post_init__(self) -> None:
        self.phone_numbers = PhoneNumberPool(self.rng)

    @property
    def today(self) -> date:
        return self.workspace.day_of(self.moment)

    def is_recent(self, moment: date | datetime) -> bool:
        """Whether it is within the last 30 days, which pages show by default."""
        day = self.workspace.day_of(moment) if isinstance(moment, datetime) else moment
        return day > self.today - timedelta(days=30)
