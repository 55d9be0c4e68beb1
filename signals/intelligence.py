"""What the pages gather from all apps: a market's intelligence, the dashboard, one person's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max
from django.utils.timezone import now

from calls.figures import Scope, figures
from calls.metrics import funnel, totals, with_metrics
from calls.models import CampaignDay, Meeting
from calls.models.calls import is_counted
from config.ui.periods import Period
from markets.models import Contact, Market, Workspace
from signals.models import Signal
from signals.vocabulary import QUESTIONS, VALUES, SignalType


@dataclass(frozen=True)
class ValueCount:
    """How many people's current signal has this value. `tint` 1 to 4 grows with strength; 0 is the exceptional one."""

    value: str
    count: int
    tint: int
    start: float
    width: float


@dataclass(frozen=True)
class Answers:
    """What a market's people say to one question now; starts and widths are per cent of the bar."""

    type: str
    label: str
    question: str
    people: int
    values: Sequence[ValueCount]


@dataclass(frozen=True)
class Week:
    """Calls and conversations of the week that starts on a Monday, with the measures of its bar."""

    monday: date
    calls: int
    conversations: int
    is_running: bool
    tallest: int
    place: int

    @property
    def last_day(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def x(self) -> int:
        return 36 + 40 * self.place

    @property
    def calls_height(self) -> float:
        return round(150 * self.calls / self.tallest, 1)

    @property
    def conversations_height(self) -> float:
        return round(150 * self.conversations / self.tallest, 1)

    @property
    def calls_top(self) -> float:
        return 168 - self.calls_height

    @property
    def conversations_top(self) -> float:
        return 168 - self.conversations_height


EXCEPTIONAL = {"Declined to Say", "Unstable", "Firm Instability"}


def market_intelligence(workspace: Workspace, market: Market, period: Period) -> dict[str, Any]:
    """Everything on a market's page for a period."""
    campaigns = market.campaigns.all()
    scope = Scope(workspace, period, market=market)
    counts = totals(workspace, campaigns, period)
    before = period.before()
    signals = Signal.objects.filter(workspace=workspace, call__campaign__market=market)
    landscape = market.market_contacts.count()
    return {
        "scope": scope,
        "counts": counts,
        "figures": figures(counts, scope, before=totals(workspace, campaigns, before) if before else None),
        "notes": _notes(workspace, market, period, counts, landscape, signals),
        "landscape": landscape,
        "campaigns": with_metrics(campaigns, workspace, period).most_alive_first(),
        "weeks": weeks(workspace, CampaignDay.objects.filter(campaign__market=market), period),
        "answers": answers(signals),
        "newest_signals": signals.counted().select_related("contact")[:6],
    }


def _notes(
    workspace: Workspace, market: Market, period: Period, counts: dict[str, Any], landscape: int, signals: Any
) -> dict[str, str]:
    """The quiet line under a figure."""
    meetings = Meeting.objects.filter(
        is_counted("call__"),
        workspace.moments("call__started_at", period.first, period.last),
        call__campaign__market=market,
    )
    by_status = dict(meetings.order_by().values_list("status").annotate(n=Count("pk")))
    current = signals.counted().current()
    share = f" · {100 * counts['contact_count'] / landscape:.0f} %" if landscape else ""
    people, fresh = current.count(), current.fresh().count()
    return {
        "contact_count": f"of {landscape:,}{share} of the landscape",
        "meetings_booked": f"{by_status.get('held', 0):,} held · {by_status.get('no_show', 0):,} no-show · "
        f"{by_status.get('cancelled', 0):,} cancelled",
        "signals_captured": f"{100 * fresh / people:.0f} % of the current ones fresh" if people else "",
    }


def dashboard_of(workspace: Workspace, period: Period, since: datetime | None) -> dict[str, Any]:
    """Active campaigns, callbacks due, newest signals, and what changed since the last visit."""
    moment = now()
    active = workspace.campaigns.active().select_related("market")
    callbacks = workspace.campaign_contacts.callback_due(moment)
    signals = Signal.objects.filter(workspace=workspace).counted().select_related("contact")
    news = None
    if since:
        news = {
            "since": since,
            "calls": workspace.calls.counted().filter(recorded_at__gt=since).count(),
            "signals": signals.filter(captured_at__gt=since).count(),
            "meetings": workspace.meetings.filter(created_at__gt=since).count(),
            "steps": workspace.status_changes.filter(changed_at__gt=since).count(),
        }
    return {
        "campaigns": with_metrics(active, workspace, period).order_by(F("calls_made").desc(), "pk")[:12],
        "callbacks": callbacks.select_related("contact", "campaign").order_by("callback_due_at")[:8],
        "newest_signals": signals[:8],
        "weeks": weeks(workspace, CampaignDay.objects.filter(workspace=workspace), period),
        "news": news,
    }


def weeks(workspace: Workspace, days: Any, period: Period, most: int = 13) -> list[Week]:
    """The last weeks of the period, or up to the last call of all time; without gaps, oldest first."""
    newest = None if period.last else days.filter(call_count__gt=0).aggregate(day=Max("day"))["day"]
    last = min(period.last or newest or workspace.today(), workspace.today())
    running = last - timedelta(days=last.weekday())
    first = running - timedelta(weeks=most - 1)
    shown = Period(max(first, period.first) if period.first else first, last)
    sums = dict.fromkeys((running - timedelta(weeks=n) for n in range(most)), (0, 0))
    for row in days.filter(shown.over("day")).order_by("day").values("day").annotate(**funnel()):
        monday = row["day"] - timedelta(days=row["day"].weekday())
        calls, conversations = sums[monday]
        sums[monday] = calls + row["calls_made"], conversations + row["conversations"]
    shown_weeks = [each for each in sorted(sums) if not period.first or each + timedelta(days=6) >= period.first]
    tallest = max(calls for calls, _ in sums.values()) or 1
    today = workspace.today()
    return [
        Week(monday, *sums[monday], monday <= today < monday + timedelta(weeks=1), tallest, place)
        for place, monday in enumerate(shown_weeks)
    ]


def answers(signals: Any) -> list[Answers]:
    """Each person's newest signal of each type, counted by value."""
    rows = signals.counted().current().order_by().values("type", "value").annotate(people=Count("contact"))
    found = {(row["type"], row["value"]): row["people"] for row in rows}
    return [answer for type_ in SignalType if (answer := _answers_of(type_, found)).people]


def _answers_of(type_: str, found: dict[tuple[str, str], int]) -> Answers:
    values = VALUES[type_]
    counts = [found.get((type_, value), 0) for value in values]
    people, start, parts = sum(counts), 0.0, []
    for place, (value, count) in enumerate(zip(values, counts, strict=True)):
        width = 100 * count / people if people else 0.0
        tint = 0 if value in EXCEPTIONAL else 1 + round(3 * place / (len(values) - 1))
        parts.append(ValueCount(value, count, tint, start, width))
        start += width
    return Answers(type_, SignalType(type_).label, QUESTIONS[type_], people, parts)


def history_of(contact: Contact) -> dict[str, Any]:
    """One person as they stand: calls newest first, current signals, campaigns, markets, suppressions, erasures."""
    calls = contact.calls.select_related("campaign", "caller", "meeting").prefetch_related("signals")
    signals = Signal.objects.filter(contact=contact)
    return {
        "calls": calls.newest_first(),
        "current_signals": sorted(
            signals.current().select_related("call"), key=lambda each: list(SignalType).index(each.type)
        ),
        "memberships": contact.campaign_contacts.select_related("campaign__market").order_by("-added_at"),
        "contact_markets": contact.markets.all(),
        "erasures": contact.erasures.select_related("erased_by"),
        "suppressions": contact.workspace.suppressions.open().naming(contact),
    }
