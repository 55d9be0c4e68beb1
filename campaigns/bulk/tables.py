from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.bulk.sentences import describe
from campaigns.models import BulkAction
from config.ui.formats import number
from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import Table


class BulkActionTable(Table):
    nouns = (pgettext_lazy("rows", "action"), pgettext_lazy("rows", "actions"))
    empty = _("Nobody has changed many people at once yet. Select people on a list first.")
    no_match = _("No action matches these filters.")

    what = Column(accessor="kind", verbose_name=_("What"), attrs={"td": {"class": "lead"}, "th": {"class": "lead"}})
    people_count = Column(figure=True, verbose_name=_("People"))
    done_at = CellColumn("cells/moment.html", verbose_name=_("When"))
    done_by = Column(verbose_name=_("Who"), sort="done_by__email")
    state = CellColumn(
        "selection/cells/state.html", accessor="pk", verbose_name=_("Undo"), orderable=False, exclude_from_export=True
    )
    action_key = KeyColumn("pk", "Action key")

    class Meta(Table.Meta):
        model = BulkAction
        fields = ("what", "people_count", "done_at", "done_by", "state", "action_key")

    def render_what(self, record: BulkAction) -> str:
        return describe(record)

    def render_people_count(self, record: BulkAction) -> str:
        return number(record.people_count)
