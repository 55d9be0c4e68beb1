"""The metrics of a campaign beside those of the market's other campaigns, and the definitions of every number."""

from math import sqrt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.metrics.definitions import FEW_CALLS, Counts, wilson_interval
from calls.metrics.presentation import METRICS
from config.ui.formats import number
from signals.report import words
from signals.report.facts import Facts
from signals.report.shape import Definition, Measure, Metric, Metrics

SHARES = {
    "connection_rate": ("conversations", "calls_made", gettext_noop("{part} of {whole} calls")),
    "meetings_booked": ("meetings_booked", "conversations", gettext_noop("{share} of {conversations}")),
    "coverage": ("called", "contact_count", gettext_noop("{part} of {whole} people")),
    "reach": ("reached", "called", gettext_noop("{part} of {whole} people called")),
}
"""Numerator, denominator and note of the metrics that are, or come with, a share of something."""
PER = {
    "calls_made": ("contact_count", gettext_noop("%(rate)s per person")),
    "signals_captured": ("conversations", gettext_noop("%(rate)s per conversation")),
}
SHOWN = ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured", "coverage", "reach")
RATES = ("connection_rate", "coverage", "reach")
EXACT = ("coverage",)
"""Shares of everybody there is, so that no interval belongs to them."""
VERDICTS = {1: gettext_noop("Higher"), -1: gettext_noop("Lower"), 0: gettext_noop("No clear difference")}
DEFINITIONS = {
    gettext_noop("People"): gettext_noop("People in the campaign and not removed, each counted once."),
    gettext_noop("Calls made"): METRICS["calls_made"].meaning,
    gettext_noop("Conversations"): METRICS["conversations"].meaning,
    gettext_noop("Connection rate"): gettext_noop("Conversations divided by calls made."),
    gettext_noop("Meetings booked"): METRICS["meetings_booked"].meaning,
    gettext_noop("Signals captured"): METRICS["signals_captured"].meaning,
    gettext_noop("Coverage"): gettext_noop("People called at least once, divided by people."),
    gettext_noop("Reach"): gettext_noop("People spoken with at least once, divided by people called."),
    gettext_noop("Callable"): gettext_noop(
        "People whom the queue could still offer: not closed by an outcome, not on the do-not-call list, "
        "not off-limits, with a usable number."
    ),
    gettext_noop("Showed interest"): gettext_noop(
        "People with a Callback Requested, Future Potential or Meeting Booked in this campaign, or "
        "whose latest Movement State is Exploring or stronger, or whose latest Timing Window is within 12 months."
    ),
    gettext_noop("Moved"): gettext_noop(
        "People whose latest Movement State heard in this campaign differs from the one heard before."
    ),
    # xgettext:no-python-format
    gettext_noop("95 % interval"): gettext_noop(
        # xgettext:no-python-format
        "The range in which the rate lies with 95 % confidence, given the number of calls (Wilson)."
    ),
    gettext_noop("Other campaigns"): gettext_noop(
        "The market's other campaigns taken together: sums of their counts, rates from these sums."
    ),
    # xgettext:no-python-format
    gettext_noop("Higher, lower"): gettext_noop("The difference is larger than chance would explain (95 %, Newcombe)."),
}


def metrics(facts: Facts) -> Metrics:
    others = facts.other_counts if facts.other_campaigns else None
    rows = [_metric(name, facts.counts, others) for name in SHOWN]
    definitions = [Definition(label=label, text=text) for label, text in DEFINITIONS.items()]
    return Metrics(other_campaigns=facts.other_campaigns, rows=rows, definitions=definitions)


def _metric(name: str, own: Counts, others: Counts | None) -> Metric:
    meaning = METRICS[name]
    return Metric(
        name=name,
        label="People" if name == "contact_count" else meaning.name,
        definition=meaning.meaning,
        is_rate=name in RATES,
        own=_measure(name, own),
        others=_measure(name, others) if others else None,
        verdict=verdict(name, own, others) if others else "",
    )


def _measure(name: str, counts: Counts) -> Measure:
    found = Measure(value=counts[name], numerator=None, denominator=None, low=None, high=None, note="", is_few=False)
    if name in SHARES:
        found["numerator"], found["denominator"] = top, base = counts[SHARES[name][0]], counts[SHARES[name][1]]
        bounds = None if name in EXACT else wilson_interval(top, base)
        found["low"], found["high"] = bounds or (None, None)
        found["is_few"] = name not in EXACT and 0 < base < FEW_CALLS
        found["note"] = note_of_share(name, top, base)
    elif name in PER and counts[PER[name][0]]:
        found["note"] = note_of_rate(name, counts[name] / counts[PER[name][0]])
    return found


def note_of_share(name: str, top: int, base: int) -> str:
    if not base:
        return ""
    texts = {"share": words.share(top / base), "conversations": words.conversations(base)}
    return _(SHARES[name][2]).format(part=number(top), whole=number(base), **texts)


def note_of_rate(name: str, rate: float) -> str:
    return _(PER[name][1]) % {"rate": number(rate, 1)}


def verdict(name: str, own: Counts, others: Counts) -> str:
    """Whether a share is higher or lower than in the other campaigns, beyond chance; empty where that can't be said."""
    if name not in SHARES or name in EXACT:
        return ""
    top, base, _ = SHARES[name]
    if not own[base] or not others[base]:
        return ""
    low, high = difference_interval(own[top], own[base], others[top], others[base])
    return VERDICTS[(low > 0) - (high < 0)]


def difference_interval(top: int, base: int, other_top: int, other_base: int) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares (Newcombe 1998, method 10, from Wilson intervals)."""
    one, other = wilson_interval(top, base), wilson_interval(other_top, other_base)
    assert one
    assert other
    share, other_share = top / base, other_top / other_base
    below = sqrt((share - one[0]) ** 2 + (other[1] - other_share) ** 2)
    above = sqrt((one[1] - share) ** 2 + (other_share - other[0]) ** 2)
    return share - other_share - below, share - other_share + above
