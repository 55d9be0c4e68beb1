"""The rules. Each is a pure function from facts to findings; docs/how-to/add-a-finding.md says how to add one.

Two periods are compared only from FEW_CALLS on both sides, and only where the interval of the difference does not
contain zero: with 95 % for everything that a page compares together (Bonferroni), so that a page where nothing changed
says nothing in 19 of 20 cases. What is owed or empty is said as it is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.metrics.attempts_and_hours import ConversationRate
from calls.metrics.comparison.statistics import count_ratio, rate_difference, z_score
from calls.metrics.definitions import FEW_CALLS
from calls.metrics.presentation import cached_reverse
from campaigns.dispositions import CONVERSATIONS, Disposition
from config.ui.charts import LinkedNumber
from config.ui.formats import number
from markets.models import Role
from signals.capture.vocabulary import SignalType
from signals.findings.evidence import (
    compare_callers,
    follow_up_url,
    hour_number,
    moved_query,
    outcome_share,
    points,
    rose_or_fell,
    see_campaigns,
    share,
)
from signals.findings.facts import UNSTABLE
from signals.findings.shape import BAD, CAUTION, GOOD, Action, Facts, Finding, FirmState, Part, Sentence
from signals.market_page.current_breakdown import MIN_CONTACTS, current_signals_url

Rule = Callable[[Facts], Iterable[Finding]]
FEWEST_WORKING_DAYS = 5
MUCH = 0.25
"""Calls that rose or fell by less are no news, even if it is no chance: people plan how much they call."""
MOST_HOURS = 2


def connection_rate(facts: Facts) -> Iterator[Finding]:
    """Conversations / calls made rose or fell, with the outcome that changed most and the best hours."""
    change = _rate_change(facts, "conversations", "calls_made")
    if change is None:
        return
    sentences = [
        Sentence(
            _("Connection rate {direction} {points} points to {rate} ({part} of {whole})."),
            {
                "direction": rose_or_fell(change),
                "points": points(change),
                "rate": facts.scope.number("connection_rate", facts.now["conversations"] / facts.now["calls_made"]),
                "part": facts.scope.number("conversations", facts.now["conversations"]),
                "whole": facts.scope.number("calls_made", facts.now["calls_made"]),
            },
        ),
        *_cause(facts, change),
    ]
    people = round(abs(change) * facts.now["calls_made"])
    finding = _finding(facts, "connection_rate", sentences, [compare_callers(facts)], people, change)
    yield replace(finding, details=lambda: _best_hours(facts))


def meetings_per_conversation(facts: Facts) -> Iterator[Finding]:
    change = _rate_change(facts, "meetings_booked", "conversations")
    if change is None:
        return
    sentence = Sentence(
        _("Meetings per conversation {direction} {points} points to {rate} ({part} of {whole})."),
        {
            "direction": rose_or_fell(change),
            "points": points(change),
            "rate": share(facts, "meetings_booked", facts.now["meetings_booked"] / facts.now["conversations"]),
            "part": facts.scope.number("meetings_booked", facts.now["meetings_booked"]),
            "whole": facts.scope.number("conversations", facts.now["conversations"]),
        },
    )
    people = round(abs(change) * facts.now["conversations"])
    yield _finding(facts, "meetings_per_conversation", [sentence], [compare_callers(facts)], people, change)


def call_volume(facts: Facts) -> Iterator[Finding]:
    """Calls made per working day rose or fell by more than MUCH, and by more than chance.

    Calls come in campaigns' days, not one by one, so their number varies more than a Poisson count. Both counts are
    divided by the mean calls of a campaign's day, weighted by these calls (the design effect of clusters, Kish 1965;
    quasi-Poisson, McCullagh and Nelder 1989), and the ratio of what is left is tested as one of two Poisson counts
    (`count_ratio`; Przyborowski and Wilenski 1940).
    """
    now, before = facts.now["calls_made"], facts.earlier["calls_made"]
    days, days_before = facts.working_days
    if max(now, before) < FEW_CALLS or not before or min(days, days_before) < FEWEST_WORKING_DAYS:
        return
    cluster = (facts.now["squares"] + facts.earlier["squares"]) / (now + before)
    counts = (round(now / cluster), days), (round(before / cluster), days_before)
    low, high = count_ratio(*counts, z_score(facts.compared))
    change = now / days / (before / days_before) - 1
    if low <= 1 <= high or abs(change) < MUCH:
        return
    text = _(
        "Calls a day {direction} from {daily_before} to {daily}: {calls}, after {before} in the {days} days before."
    )
    if facts.day_count == 1:
        text = _("Calls a day {direction} from {daily_before} to {daily}: {calls}, after {before} in the day before.")
    sentence = Sentence(
        text,
        {
            "direction": rose_or_fell(change),
            "daily_before": number(before / days_before, 1),
            "daily": number(now / days, 1),
            "calls": facts.scope.number("calls_made", now),
            "before": facts.scope_before.number("calls_made", before),
            "days": number(facts.day_count),
        },
    )
    people = round(abs(now - before * days / days_before) * facts.earlier["conversations"] / before)
    yield _finding(facts, "call_volume", [sentence], [see_campaigns(facts)], people, change)


def wrong_numbers(facts: Facts) -> Iterator[Finding]:
    """The share of calls to wrong numbers rose."""
    wrong = str(Disposition.INCORRECT_NUMBER)
    change = _rate_change(facts, wrong, "calls_made")
    if change is None or change < 0 or facts.now[wrong] < MIN_CONTACTS:
        return
    sentence = Sentence(
        _("Wrong numbers rose from {before} to {rate} of calls ({part} of {whole})."),
        {
            "before": outcome_share(facts, wrong, is_now=False),
            "rate": outcome_share(facts, wrong),
            "part": facts.scope.number("calls_made", facts.now[wrong], f"&disposition={wrong}"),
            "whole": facts.scope.number("calls_made", facts.now["calls_made"]),
        },
    )
    href = cached_reverse("repairs:list", facts.workspace.slug)
    actions = [Action(_("Repair numbers"), href, Role.CALLER), Action(_("See numbers"), href)]
    yield _finding(facts, "wrong_numbers", [sentence], actions, facts.now[wrong], -change)


def moved_up(facts: Facts) -> Iterator[Finding]:
    """People who moved to Exploring or stronger, and how many of them nobody follows up."""
    movers = facts.movers
    if movers.people < MIN_CONTACTS:
        return
    href = f"{cached_reverse('signals:list', facts.workspace.slug)}?{urlencode(moved_query(facts))}"
    moved = LinkedNumber("moved_up", movers.people, number(movers.people), f"{href}&interest=moved")
    left = movers.unfollowed
    unfollowed = LinkedNumber("unfollowed", left, number(left or 0), f"{href}&interest=unfollowed")
    if left is None:
        text = _("{moved} people moved to Exploring or stronger.")
    elif left == 0:
        text = _("{moved} people moved to Exploring or stronger. All of them have a follow-up.")
    elif left == 1:
        text = _("{moved} people moved to Exploring or stronger; {unfollowed} of them has no follow-up.")
    else:
        text = _("{moved} people moved to Exploring or stronger; {unfollowed} of them have no follow-up.")
    actions = [Action(_("See people"), unfollowed.href if left else moved.href)]
    if left and movers.campaigns:
        actions.insert(0, Action(_("Create follow-up"), follow_up_url(facts), Role.MANAGER))
    people, severity = left or movers.people, CAUTION if left else GOOD
    values: dict[str, Part] = {"moved": moved, "unfollowed": unfollowed}
    yield Finding("moved_up", [Sentence(text, values)], actions, people, severity, facts.market)


def late_callbacks(facts: Facts) -> Iterator[Finding]:
    """Promised callbacks whose time is over by more than an hour, to people who can be called. As of now."""
    late = facts.late_callbacks
    if not late:
        return
    query = {"state": "overdue"} | ({"market": str(facts.market.pk)} if facts.market else {})
    href = f"{cached_reverse('callbacks:list', facts.workspace.slug)}?{urlencode(query)}"
    text = ngettext("{late} callback is late.", "{late} callbacks are late.", late)
    sentence = Sentence(text, {"late": LinkedNumber("late_callbacks", late, number(late), href)})
    actions = [Action(_("Call now"), href, Role.CALLER), Action(_("See callbacks"), href)]
    yield Finding("late_callbacks", [sentence], actions, late, BAD, facts.market)


def nobody_left(facts: Facts) -> Iterator[Finding]:
    """Active campaigns in which nobody can be called any more. As of now."""
    for campaign in facts.idle:
        page = cached_reverse("campaigns:members", facts.workspace.slug, campaign.pk)
        people = LinkedNumber("contact_count", campaign.people, number(campaign.people), f"{page}?state=member")
        sentence = Sentence(
            _("{campaign} has nobody left to call: its one person can’t be called any more.")
            if campaign.people == 1
            else _("{campaign} has nobody left to call: none of its {people} people can be called any more."),
            {"campaign": campaign.name, "people": people},
        )
        add = cached_reverse("campaigns:choose", facts.workspace.slug, campaign.pk)
        detail = cached_reverse("campaigns:detail", facts.workspace.slug, campaign.pk)
        actions = [Action(_("Add people"), add, Role.MANAGER), Action(_("See campaign"), detail)]
        yield Finding("nobody_left", [sentence], actions, campaign.people, CAUTION, facts.market)


def unstable_firms(facts: Facts) -> Iterator[Finding]:
    """Firms of which at least three people were heard, with a larger share of unstable ones than the rest of the market
    by more than chance, and with more of them than before the period."""
    unstable, heard = facts.stability
    tested = [firm for firm in facts.firms if firm.heard >= MIN_CONTACTS and heard - firm.heard >= MIN_CONTACTS]
    for firm in tested:
        rest = unstable - firm.unstable, heard - firm.heard
        low, _ = rate_difference((firm.unstable, firm.heard), rest, z_score(len(tested)))
        if low > 0 and firm.unstable > firm.before:
            yield _unstable_firm(facts, firm)


RULES: tuple[Rule, ...] = (
    connection_rate,
    meetings_per_conversation,
    call_volume,
    wrong_numbers,
    moved_up,
    unstable_firms,
    late_callbacks,
    nobody_left,
)


COMPARING = (connection_rate, meetings_per_conversation, call_volume, wrong_numbers)
"""The rules that test a change of the market against chance."""


def _rate_change(facts: Facts, numerator: str, denominator: str) -> float | None:
    """How much the share changed since the period before; None below FEW_CALLS, or within chance.

    Chance is the 95 % interval of the difference of two proportions from their Wilson intervals (Newcombe 1998,
    Statistics in Medicine 17, 873-890, method 10).
    """
    now, before = ((counts[numerator], counts[denominator]) for counts in (facts.now, facts.earlier))
    if min(now[1], before[1]) < FEW_CALLS:
        return None
    low, high = rate_difference(now, before, z_score(facts.compared))
    return None if low <= 0 <= high else now[0] / now[1] - before[0] / before[1]


def _cause(facts: Facts, change: float) -> Iterator[Sentence]:
    """The outcome without a conversation whose share moved most the other way, if that is more than chance."""
    changes = {
        outcome: moved
        for outcome in Disposition
        if outcome not in CONVERSATIONS and (moved := _rate_change(facts, str(outcome), "calls_made"))
    }
    against = {outcome: moved for outcome, moved in changes.items() if moved * change < 0}
    if against:
        outcome = max(against, key=lambda each: abs(against[each]))
        yield Sentence(
            _("{outcome} {direction} from {before} to {rate} of calls."),
            {
                "outcome": str(outcome.label),
                "direction": rose_or_fell(against[outcome]),
                "before": outcome_share(facts, str(outcome), is_now=False),
                "rate": outcome_share(facts, str(outcome)),
            },
        )


def _best_hours(facts: Facts) -> Iterator[Sentence]:
    """The hours of the week with a higher rate than all calls, by more than chance."""
    rates = facts.hours()
    cells = [cell for row in rates.rows for cell in row.cells if not cell.is_few] if rates else []
    z, talked, made = z_score(len(cells)), facts.now["conversations"], facts.now["calls_made"]

    def is_better(cell: ConversationRate) -> bool:
        rest = talked - cell.conversations, made - cell.calls
        return rest[1] > 0 and rate_difference((cell.conversations, cell.calls), rest, z)[0] > 0

    best = sorted(filter(is_better, cells), key=lambda cell: -(cell.rate or 0))[:MOST_HOURS]
    numbers = [hour_number(facts, cell) for cell in best]
    if len(numbers) == 1:
        yield Sentence(_("The best hour was {one}."), {"one": numbers[0]})
    elif numbers:
        yield Sentence(_("The best hours were {one} and {other}."), dict(zip(("one", "other"), numbers, strict=True)))


def _unstable_firm(facts: Facts, firm: FirmState) -> Finding:
    scope = {"type": str(SignalType.FIRM_STABILITY), "firm": firm.name, **facts.period.as_of_params}
    heard = current_signals_url(facts.workspace, facts.market, **scope)
    unstable = current_signals_url(facts.workspace, facts.market, **scope, value=UNSTABLE)
    assert facts.before.last
    then = scope | {"value": UNSTABLE, "as_of": facts.before.last.isoformat()}
    earlier = current_signals_url(facts.workspace, facts.market, **then)
    sentence = Sentence(
        _("{firm}: {unstable} of {heard} people call it unstable, up from {before}."),
        {
            "firm": firm.name,
            "unstable": LinkedNumber("unstable", firm.unstable, number(firm.unstable), unstable),
            "heard": LinkedNumber("heard", firm.heard, number(firm.heard), heard),
            "before": LinkedNumber("unstable", firm.before, number(firm.before), earlier),
        },
    )
    assert facts.market
    landscape = cached_reverse("markets:landscape", facts.workspace.slug, facts.market.pk)
    actions = [Action(_("See its people"), f"{landscape}?{urlencode({'firm': firm.name})}")]
    return Finding("unstable_firms", [sentence], actions, firm.heard, CAUTION, facts.market)


def _finding(
    facts: Facts, rule: str, sentences: list[Sentence], actions: list[Action], people: int, change: float
) -> Finding:
    return Finding(rule, sentences, actions, people, GOOD if change > 0 else BAD, facts.market)
