from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.audience import Rule, RuleInvalid, Sentence
from campaigns.audience.names import Names
from campaigns.models import Audience
from config.ui.lists.columns import CellColumn, Column, DrawnColumn, KeyColumn
from config.ui.lists.tables import NextStep, Table


class SentenceColumn(DrawnColumn):
    """What a rule says, or why it is not valid any more."""

    def __init__(self) -> None:
        super().__init__(accessor="rule", verbose_name=_("People who fit"), orderable=False)

    def draw(self, record: Any, table: Any, name: str) -> SafeString:
        sentence, problems = read_rule(record, table.names)
        context = {"sentence": sentence, "problems": problems}
        return SafeString(render_to_string("audiences/cells/rule.html", context).strip())

    def read(self, record: Audience) -> str:
        sentence, problems = read_rule(record, Names(record.workspace))
        return sentence.line if sentence else " ".join(problems)


def read_rule(audience: Audience, names: Names) -> tuple[Sentence | None, list[str]]:
    try:
        rule = Rule.parse(audience.rule, names.workspace, names)
    except RuleInvalid as invalid:
        return None, invalid.sentences
    return rule.sentences(names.workspace, names), []


class AudienceTable(Table):
    nouns = (pgettext_lazy("rows", "audience"), pgettext_lazy("rows", "audiences"))
    empty = _("No audiences yet. An audience is a saved rule over people, for campaigns, lists and exports.")
    next_steps = (NextStep(_("New audience"), "audiences:create", "can_manage"),)
    ask = _("Ask a manager to save one.")

    name = CellColumn("audiences/cells/name.html", lead=True, verbose_name=_("Audience"))
    rule = SentenceColumn()
    people = CellColumn(
        *("audiences/cells/people.html",),
        accessor="pk",
        orderable=False,
        verbose_name=_("People"),
        exclude_from_export=True,
    )
    created_by = Column(orderable=False, verbose_name=_("By"))
    updated_at = CellColumn("cells/moment.html", verbose_name=_("Changed"))
    audience_key = KeyColumn("pk", _("Audience key"))

    class Meta(Table.Meta):
        model = Audience
        fields = ("name", "rule", "people", "created_by", "updated_at", "audience_key")
        row_attrs = {"data-row": lambda record: f"audience:{record.pk}"}

    def __init__(self, *args: object, can_manage: bool, **kwargs: Any):
        self.can_manage = can_manage
        super().__init__(*args, **kwargs)
        self.names = Names(self.workspace)
