from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Mention
from config.ui.lists.columns import CellColumn, Column
from config.ui.lists.tables import Table


class MentionTable(Table):
    nouns = (pgettext_lazy("rows", "mention"), pgettext_lazy("rows", "mentions"))
    empty = _("No mentions yet. When somebody writes @ and your name in a note, it is listed here.")

    note = CellColumn(
        "notes/cells/note.html", accessor="note__text", orderable=False, lead=True, verbose_name=_("Note")
    )
    about = CellColumn("notes/cells/about.html", accessor="note", orderable=False, verbose_name=_("About"))
    written_by = Column(accessor="note__written_by", orderable=False, verbose_name=_("By"))
    written_at = CellColumn("cells/moment.html", accessor="note__written_at", verbose_name=_("Written"))
    seen_at = CellColumn("notes/cells/seen.html", verbose_name=_("Read"))

    class Meta(Table.Meta):
        model = Mention
        fields = ("note", "about", "written_by", "written_at", "seen_at")
        row_attrs = {"data-row": lambda record: f"mention:{record.pk}"}
