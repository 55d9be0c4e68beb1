"""Facts for rules, without a database."""

from datetime import date

from calls.metrics.attempts_and_hours import WEEKDAYS, ConversationRate, HourlyRates, WeekdayRates
from config.ui.periods import Period
from markets.models import Market, Role, Workspace
from signals.findings.facts import NO_COUNTS
from signals.findings.shape import Facts

WORKSPACE = Workspace(pk=1, slug="acme")
MARKET = Market(pk=3, workspace=WORKSPACE, practice_area="M&A", geography="New York")
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30))
AS_OF = PERIOD.with_as_of(date(2026, 11, 30))


def counts(made=0, talked=0, met=0, *, days=20, **outcomes):
    """`made` calls, evenly over so many days of campaigns."""
    squares = made * made // days if days else 0
    of_calls = {"calls_made": made, "conversations": talked, "meetings_booked": met, "squares": squares}
    return NO_COUNTS | of_calls | outcomes


def facts(now=None, earlier=None, *, period=PERIOD, market=MARKET, **more):
    before = period.before()
    assert before
    more.setdefault("working_days", (21, 21))
    return Facts(WORKSPACE, period, before, now or counts(), earlier or counts(), market, **more)


def hours(**rates):
    """Rates by weekday and hour: `Tue10=(30, 25)` are 25 conversations in 30 calls."""
    rows = []
    for name, (made, talked) in rates.items():
        day, hour = name[:3], int(name[3:])
        which = {"weekday": str(WEEKDAYS.index(day) + 1), "hour": str(hour)}
        rows.append(WeekdayRates(day, [ConversationRate(f"{day} {hour:02}:00–{hour:02}:59", made, talked, 1.0, which)]))
    return lambda: HourlyRates([], rows)


def only(rule, known):
    """The only finding of a rule, as a manager sees it."""
    (finding,) = rule(known)
    return finding.shown_to(Role.MANAGER)


def silent(rule, known):
    return not list(rule(known))
