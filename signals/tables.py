from typing import Any

from django.utils.translation import gettext_lazy as _

from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table
from signals.columns import CountColumn, EnglishColumn, ShareColumn
from signals.models import Signal, SignalSuggestion

ENGLISH_LEAD = {"td": {"class": "lead", "lang": "en"}, "th": {"class": "lead"}}
"""Rules are named and written in English, as are their phrases: see docs/how-to/add-a-language.md."""


class SignalTable(Table):
    nouns = (_("signal"), _("signals"))
    empty = _("No signals yet. They are captured on calls that were conversations.")
    no_match = _("No signals match these filters.")
    next_steps = (NextStep(_("Open call queue"), "queue", "can_call"),)

    contact = CellColumn("cells/contact.html", sort="contact__full_name", lead=True)
    firm = Column(accessor="contact__firm", verbose_name=_("Firm"))
    type = Column()
    value = EnglishColumn()
    evidence = Column(orderable=False)
    campaign = CellColumn(
        "meetings/cells/campaign.html",
        accessor="call__campaign",
        sort="call__campaign__name",
        verbose_name=_("Campaign"),
    )
    heard_at = CellColumn("signals/cells/heard.html", verbose_name=_("Heard"))
    freshness = EnglishColumn(orderable=False, verbose_name=_("Freshness"))
    captured_at = Column(visible=False)
    signal_key = KeyColumn("pk", "Signal key")
    person_key = KeyColumn("contact_id", "Person key")
    call_key = KeyColumn("call_id", "Call key")

    class Meta(Table.Meta):
        model = Signal
        fields = (
            *("contact", "firm", "type", "value", "evidence", "campaign", "heard_at", "freshness"),
            *("captured_at", "signal_key", "person_key", "call_key"),
        )
        row_attrs = {"data-row": lambda record: f"signal:{record.pk}"}


class SuggestionTable(Table):
    nouns = (_("suggestion"), _("suggestions"))
    empty = _("No suggestion here. They are made from the notes of calls that were conversations.")

    contact = CellColumn(
        "meetings/cells/contact.html", accessor="call__contact", sort="call__contact__full_name", lead=True
    )
    type = Column()
    value = EnglishColumn()
    words = Column(orderable=False)
    rule = Column(attrs={"td": {"lang": "en"}})
    suggested_at = CellColumn("signals/cells/heard.html", verbose_name=_("Suggested"))
    state = Column()
    decided_by = Column(sort="decided_by__email", verbose_name=_("Decided by"))
    decided_at = CellColumn("cells/moment.html", verbose_name=_("Decided"))

    class Meta(Table.Meta):
        model = SignalSuggestion
        fields = ("contact", "type", "value", "words", "rule", "suggested_at", "state", "decided_by", "decided_at")
        row_attrs = {"data-row": lambda record: f"suggestion:{record.pk}"}


class RuleTable(Table):
    """Rows are signals.suggestions.rule_stats.RuleStats; `days` are query parameters for the lists behind them."""

    nouns = (_("rule"), _("rules"))
    empty = _(
        "No rule has proposed anything in these days. They do when somebody saves a call's notes or opens the call."
    )

    rule = Column(verbose_name=_("Rule"), attrs=ENGLISH_LEAD)
    signal = Column(verbose_name=_("Speaks for"))
    phrases = Column(orderable=False, verbose_name=_("Phrases"), attrs={"td": {"lang": "en"}})
    proposed = CountColumn(verbose_name=_("Proposed"))
    accepted = CountColumn(verbose_name=_("Accepted"))
    refused = CountColumn(verbose_name=_("Refused"))
    share_accepted = ShareColumn(verbose_name=_("Share accepted"))

    class Meta(Table.Meta):
        model = SignalSuggestion
        fields = ("rule", "signal", "phrases", "proposed", "accepted", "refused", "share_accepted")
        row_attrs = {"data-row": lambda record: record.key}

    def __init__(self, *args: object, days: dict[str, str], **kwargs: Any):
        self.days = days
        super().__init__(*args, **kwargs)
