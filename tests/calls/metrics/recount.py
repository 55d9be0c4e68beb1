"""A second implementation of every number of product.md, section 5, in plain Python over the rows as they are.

It knows nothing of calls.metrics.definitions and the tallies: rows come as flat dicts of texts, as an export would
have them, a day
is cut here with zoneinfo, and every cell is counted by going through all rows again.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from calls.metrics.attempts_and_hours import by_hour
from calls.metrics.by_caller import all_callers, by_caller
from calls.metrics.definitions import call_totals, hour_counts, totals
from calls.metrics.outcomes import count_outcomes
from calls.metrics.presentation import Scope
from calls.metrics.row_metrics import with_metrics
from config.ui.periods import Period

CONVERSATIONS = {"not_interested", "callback_requested", "future_potential", "meeting_booked"}
Rows = list[dict[str, str]]
Cells = dict[tuple[str, str], float | None]


class Dump:
    """The rows of a workspace, through a CSV file and back."""

    def __init__(self, workspace):
        self.zone = ZoneInfo(workspace.timezone)
        self.campaigns = as_csv(workspace.campaigns.values("id", "market_id"))
        self.members = as_csv(workspace.campaign_contacts.values("campaign_id", "contact_id", "removed_at"))
        self.signals = as_csv(workspace.signals.values("call_id"))
        names = ("id", "campaign_id", "contact_id", "direction", "disposition", "voided_at", "started_at")
        self.calls = as_csv(workspace.calls.values(*names, "caller_id", "caller_name"))
        for call in self.calls:
            at = datetime.fromisoformat(call["started_at"]).astimezone(self.zone)
            call["day"], call["time"] = at.date().isoformat(), f"{at:%a %H}:00–{at:%H}:59"

    def days(self) -> list[date]:
        return sorted({date.fromisoformat(call["day"]) for call in self.calls})


def as_csv(rows: Iterable[dict[str, Any]]) -> Rows:
    rows = list(rows)
    if not rows:
        return []
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return list(csv.DictReader(io.StringIO(written.getvalue())))


def over(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None


def recount(dump: Dump, first: date | None, last: date | None) -> Cells:
    """Every cell of a period: campaigns, markets, the workspace, and each caller."""
    made = [
        call
        for call in dump.calls
        if call["direction"] == "outbound"
        and call["disposition"]
        and not call["voided_at"]
        and (first is None or call["day"] >= first.isoformat())
        and (last is None or call["day"] <= last.isoformat())
    ]
    market_of = {campaign["id"]: campaign["market_id"] for campaign in dump.campaigns}
    heard: dict[str, int] = defaultdict(int)
    for signal in dump.signals:
        heard[signal["call_id"]] += 1
    cells: Cells = {}

    def count(about: str, is_in: Callable[[str], bool]) -> None:
        calls = [call for call in made if is_in(call["campaign_id"])]
        members = {
            (member["campaign_id"], member["contact_id"])
            for member in dump.members
            if not member["removed_at"] and is_in(member["campaign_id"])
        }
        add(cells, about, calls, members, heard)
        people = {contact for _, contact in members}
        called, reached = cells[about, "called"] or 0, len(whom(talks(calls), members))
        cells[about, "contact_count"], cells[about, "reached"] = len(people), reached
        add_outcomes_and_times(cells, about, calls)
        cells[about, "coverage"], cells[about, "reach"] = over(int(called), len(people)), over(reached, int(called))

    for campaign in market_of:
        count(f"campaign:{campaign}", lambda each, campaign=campaign: each == campaign)
    for market in set(market_of.values()):
        count(f"market:{market}", lambda each, market=market: market_of[each] == market)
    count("workspace", lambda each: True)
    current = {(each["campaign_id"], each["contact_id"]) for each in dump.members if not each["removed_at"]}
    by_whom: dict[str, Rows] = defaultdict(list)
    for call in made:
        whose = f"caller:{call['caller_id']}" if call["caller_id"] else f"caller_name:{call['caller_name']}"
        by_whom[whose].append(call)
    for about, calls in by_whom.items():
        add(cells, about, calls, current, heard)
    add(cells, "callers", made, current, heard)
    return cells


def add(cells: Cells, about: str, calls: Rows, members: set[tuple[str, str]], heard: dict[str, int]) -> None:
    cells[about, "calls_made"] = len(calls)
    cells[about, "conversations"] = len(talks(calls))
    cells[about, "connection_rate"] = over(len(talks(calls)), len(calls))
    cells[about, "meetings_booked"] = sum(call["disposition"] == "meeting_booked" for call in calls)
    cells[about, "signals_captured"] = sum(heard[call["id"]] for call in calls)
    cells[about, "called"] = len(whom(calls, members))


def add_outcomes_and_times(cells: Cells, about: str, calls: Rows) -> None:
    """What the calls came to, and how many of them, and of the conversations, were at each hour of each weekday."""
    names = [call["disposition"] for call in calls]
    names += [f"calls {call['time']}" for call in calls] + [f"conversations {call['time']}" for call in talks(calls)]
    cells |= {(about, name): times for name, times in Counter(names).items()}


def talks(calls: Rows) -> Rows:
    return [call for call in calls if call["disposition"] in CONVERSATIONS]


def whom(calls: Rows, members: set[tuple[str, str]]) -> set[str]:
    return {call["contact_id"] for call in calls if (call["campaign_id"], call["contact_id"]) in members}


def portal_cells(workspace, first: date | None, last: date | None) -> Cells:
    """The same cells as the portal has them."""
    period = Period(first, last)
    found: list[tuple[str, Any]] = [("workspace", totals(workspace, None, period))]
    found += [(f"campaign:{e.pk}", e.metrics) for e in with_metrics(workspace.campaigns.all(), workspace, period)]
    used = workspace.markets.filter(campaigns__isnull=False).distinct()
    found += [(f"market:{each.pk}", each.metrics) for each in with_metrics(used, workspace, period)]
    calls = workspace.calls.filter(workspace.in_days("started_at", first, last))
    rows = by_caller(calls)
    found += [(row.caller.key, row.metrics) for row in rows] + [("callers", all_callers(calls, rows).metrics)]
    everything = workspace.campaigns.all()
    found.append(("workspace", outcomes_and_times(Scope(workspace, period), everything)))
    for campaign in everything:
        scope, this = Scope(workspace, period, campaign=campaign), everything.filter(pk=campaign.pk)
        found.append((scope.key, outcomes_and_times(scope, this)))
    for market in used:
        scope = Scope(workspace, period, market=market)
        found.append((scope.key, outcomes_and_times(scope, market.campaigns.all())))
    return {
        (about, name): value for about, metrics in found for name, value in metrics.items() if name != "talk_seconds"
    }


def outcomes_and_times(scope: Scope, campaigns) -> dict[str, int]:
    times = by_hour(hour_counts(scope.workspace, scope.period).filter(campaign__in=campaigns))
    hours = [share for row in times.rows for share in row.cells] if times else []
    summed = call_totals(scope.workspace, campaigns, scope.period, with_outcomes=True)
    counts = {each.name: each.calls for each in count_outcomes(scope, summed)}
    counts |= {f"calls {each.label}": each.calls for each in hours}
    counts |= {f"conversations {each.label}": each.conversations for each in hours}
    return {name: count for name, count in counts.items() if count}


def periods(dump: Dump) -> Iterator[tuple[date | None, date | None]]:
    """All time, each day with calls and those beside it, each week, and longer stretches, open and closed."""
    days = dump.days()
    yield None, None
    for day in sorted({each + timedelta(days=n) for each in days for n in (-1, 0, 1)}):
        yield day, day
    for monday in sorted({each - timedelta(days=each.weekday()) for each in days}):
        yield monday, monday + timedelta(days=6)
    for first, last in ((days[0], days[-1]), (days[len(days) // 2], days[-1]), (days[1], days[-2])):
        yield first, last
        yield first, None
        yield None, last
    yield days[-1] - timedelta(days=29), datetime.now(dump.zone).date()


def differences(workspace, most: int | None = None) -> tuple[list[str], int]:
    """A sentence for each cell that differs, and how many cells there are; of the first `most` periods, or of all."""
    dump, found, count = Dump(workspace), [], 0
    for first, last in islice(periods(dump), most):
        expected, actual = recount(dump, first, last), portal_cells(workspace, first, last)
        count += len(expected | actual)
        for key in sorted(expected.keys() | actual.keys()):
            if expected.get(key) != actual.get(key):
                about, name = key
                found.append(
                    f"{about} {name} from {first} to {last}: "
                    f"{actual.get(key)} is shown, {expected.get(key)} recounted from the calls"
                )
    return found, count
