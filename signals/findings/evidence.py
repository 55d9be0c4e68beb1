"""The numbers and actions that several rules show."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from calls.metrics.attempts_and_hours import ConversationRate
from calls.metrics.presentation import cached_reverse
from config.ui.charts import LinkedNumber
from config.ui.formats import number, percent
from signals.findings.shape import Action, Facts


def hour_number(facts: Facts, cell: ConversationRate) -> LinkedNumber:
    hour, day = int(cell.which["hour"]), cell.label.split()[0]
    words = f"{day} {hour}–{hour + 1} ({percent(cell.rate)})"
    href = f"{facts.scope.list_url('conversations')}&{urlencode(cell.which)}"
    return LinkedNumber("share", cell.rate, words, href)


def rose_or_fell(change: float) -> str:
    return _("rose") if change > 0 else _("fell")


def points(change: float) -> str:
    return number(abs(100 * change), 1)


def share(facts: Facts, metric: str, value: float) -> LinkedNumber:
    return LinkedNumber("share", value, percent(value), facts.scope.list_url(metric))


def outcome_share(facts: Facts, outcome: str, *, is_now: bool = True) -> LinkedNumber:
    """The share of an outcome among the calls, with the list of its calls."""
    scope, counts = (facts.scope, facts.now) if is_now else (facts.scope_before, facts.earlier)
    share = counts[outcome] / counts["calls_made"]
    return LinkedNumber("share", share, percent(share), f"{scope.list_url('calls_made')}&disposition={outcome}")


def moved_query(facts: Facts) -> dict[str, str]:
    in_market = {"market": str(facts.market.pk)} if facts.market else {}
    return {**in_market, "counted": "yes", "moved": "yes", **facts.period.parameters()}


def follow_up_url(facts: Facts) -> str:
    """The follow-up of the campaign that heard most of them, with those that heard the others."""
    first, *more = facts.movers.campaigns
    chosen = {"wanted": "chosen", "movement_state": "Exploring", "leave_out": ["number", "interest"]}
    query = chosen | {"days": "14", "more": more}
    return f"{cached_reverse('campaigns:follow_up', facts.workspace.slug, first)}?{urlencode(query, doseq=True)}"


def compare_callers(facts: Facts) -> Action:
    """That page shows the period of the visit without being told, and is not to remember other days."""
    query = ({"market": str(facts.market.pk)} if facts.market else {}) | facts.period.as_of_params
    return Action(_("Compare callers"), f"{cached_reverse('calls:callers', facts.workspace.slug)}?{urlencode(query)}")


def see_campaigns(facts: Facts) -> Action:
    query = {"status": "active"} | ({"market": str(facts.market.pk)} if facts.market else {})
    return Action(_("See campaigns"), f"{cached_reverse('campaigns:list', facts.workspace.slug)}?{urlencode(query)}")
