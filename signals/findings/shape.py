"""What a finding is, and what the rules know."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import Formatter

from calls.metrics.attempts_and_hours import HourlyRates
from calls.metrics.definitions import Counts
from calls.metrics.presentation import Scope
from config.ui.charts import LinkedNumber
from config.ui.periods import Period
from markets.models import Market, Role, Workspace

Part = str | LinkedNumber


@dataclass(frozen=True)
class Sentence:
    """A whole sentence with named places: `Calls fell to {calls}.` A number links to its rows; a text is only shown."""

    text: str
    values: Mapping[str, Part] = field(default_factory=dict)

    @property
    def parts(self) -> list[Part]:
        found: list[Part] = []
        for text, name, _, _ in Formatter().parse(self.text):
            found += [text] if text else []
            found += [self.values[name]] if name else []
        return found

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.words for part in self.parts)


@dataclass(frozen=True)
class Action:
    """What somebody with this role or a higher one can do about a finding."""

    label: str
    href: str
    role: Role = Role.VIEWER


GOOD, CAUTION, BAD = "good", "caution", "bad"
"""Severities. They are classes of the stylesheet."""
SIGNS = {GOOD: "✓", CAUTION: "!", BAD: "!"}


@dataclass(frozen=True)
class Finding:
    """`rule` is the name of its rule. `people` are the people concerned, by which findings are ranked. The first action
    that somebody may take is shown."""

    rule: str
    sentences: Sequence[Sentence]
    actions: Sequence[Action]
    people: int
    severity: str = CAUTION
    market: Market | None = None
    """The market that the finding names, on a page of many markets."""
    details: Callable[[], Iterable[Sentence]] = tuple
    """Sentences that take a statement of their own, so that they are only read for findings that are shown."""

    @property
    def sign(self) -> str:
        return SIGNS[self.severity]

    @property
    def action(self) -> Action | None:
        return self.actions[0] if self.actions else None

    def shown_to(self, role: Role) -> "Finding":
        """With its details, and the actions that somebody with this role may take."""
        actions = [action for action in self.actions if role.allows(action.role)]
        return replace(self, sentences=[*self.sentences, *self.details()], actions=actions, details=tuple)

    def __str__(self) -> str:
        return " ".join(map(str, self.sentences))


@dataclass(frozen=True)
class Movers:
    """People who moved to Exploring or stronger. `unfollowed` of them have no follow-up; None as of a past day.
    `campaigns` are the ids of the campaigns that heard it from these, most people first."""

    people: int = 0
    unfollowed: int | None = None
    campaigns: Sequence[int] = ()


@dataclass(frozen=True)
class IdleCampaign:
    """An Active campaign in which nobody can be called. `people` are all that are in it."""

    pk: int
    name: str
    people: int


@dataclass(frozen=True)
class FirmState:
    """How many people of a firm find it unstable, of those who said how stable it is; and how many did before the
    period."""

    name: str
    heard: int
    unstable: int
    before: int


@dataclass(frozen=True)
class Facts:
    """What the rules know about a market, or about the whole workspace."""

    workspace: Workspace
    period: Period
    before: Period
    now: Counts
    earlier: Counts
    """The totals of calls, by name and by outcome, of the period and of the one before; `squares` is the sum of the
    squared calls of each campaign's day."""
    market: Market | None = None
    working_days: tuple[int, int] = (0, 0)
    """Of the period and of the one before."""
    compared: int = 1
    """How many changes are tested together."""
    hours: Callable[[], HourlyRates | None] = lambda: None
    """Read only if a rule wants to know the best hours."""
    movers: Movers = Movers()
    late_callbacks: int = 0
    idle: Sequence[IdleCampaign] = ()
    firms: Sequence[FirmState] = ()
    stability: tuple[int, int] = (0, 0)
    """Of all people of the market: how many find their firm unstable, of how many."""

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.workspace, self.period, market=self.market)

    @cached_property
    def scope_before(self) -> Scope:
        return Scope(self.workspace, self.before, market=self.market)

    @property
    def day_count(self) -> int:
        assert self.period.first
        assert self.period.last
        return (self.period.last - self.period.first).days + 1
