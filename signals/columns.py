"""Columns about rules: each number links to the suggestions that it counts."""

from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from calls.metrics.presentation import Figure
from config.ui.formats import number, percent, translated
from config.ui.lists.columns import Column, DrawnColumn
from signals.suggestions.rule_stats import RuleStats
from signals.suggestions.services import State

DEFINITIONS = {
    "proposed": gettext_noop("Suggestions of this rule, whatever became of them."),
    "accepted": gettext_noop("Suggestions that somebody accepted; each became a signal."),
    "refused": gettext_noop("Suggestions that somebody refused."),
    "share_accepted": gettext_noop("Accepted / accepted or refused."),
}
COUNTED_STATES = {
    "proposed": {},
    "accepted": {"state": State.ACCEPTED},
    "refused": {"state": State.REFUSED},
    "share_accepted": {"state": State.ACCEPTED},
}


class EnglishColumn(Column):
    """A text that is stored in English, in the language of the page. Exports have it as stored."""

    def draw(self, record: Any, table: Any, name: str) -> str:
        return translated(super().draw(record, table, name))


class CountColumn(DrawnColumn):
    """The attribute of a rule that has the column's name."""

    template_name = "components/metric.html"

    def __init__(self, *args: object, **kwargs: Any):
        super().__init__(*args, figure=True, **kwargs)

    def draw(self, record: RuleStats, table: Any, name: str) -> SafeString:
        shown = _figure(name, record, table)
        return render_to_string(self.template_name, {"figure": shown, "fraction": False})


class ShareColumn(CountColumn):
    template_name = "signals/cells/share.html"


def _figure(name: str, row: RuleStats, table: Any) -> Figure:
    """`name` is the name of a column and of an attribute of the row."""
    title, interval = _(DEFINITIONS[name]), ""
    if name == "share_accepted" and row.interval:
        low, high = row.interval
        interval = f"{percent(low).removesuffix(' %')}–{percent(high)}"
        fraction = {"part": number(row.accepted), "whole": number(row.decided), "interval": interval}
        title += " " + _("%(part)s of %(whole)s. 95 %% interval: %(interval)s.") % fraction
    about = {"rule": row.rule, "type": row.type, "value": row.value}
    href = reverse("signals:suggestions", args=[table.workspace.slug])
    return Figure(
        name,
        _(name.replace("_", " ").capitalize()),
        getattr(row, name),
        name == "share_accepted",
        title,
        f"{href}?{urlencode(about | COUNTED_STATES[name] | table.days)}",
        numerator=row.accepted,
        denominator=row.decided,
        interval=interval,
        is_few=row.is_few,
    )
