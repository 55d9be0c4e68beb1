import json

from django.utils.translation import gettext_lazy as _

from config.ui.lists.columns import CellColumn, Column, ExportColumn, KeyColumn
from config.ui.lists.tables import Table
from markets.audit.mentions import plain_sentence
from markets.models import AuditEvent


class AuditTable(Table):
    nouns = (_("event"), _("events"))
    empty = _("No events yet. Exports, changes, shared links and views of people appear here.")

    happened_at = CellColumn("cells/moment.html", verbose_name=_("When"))
    label = Column(sort="action", lead=True, verbose_name=_("Action"))
    summary = CellColumn(
        "audit/cells/summary.html", orderable=False, verbose_name=_("What happened"), exclude_from_export=True
    )
    sentence = ExportColumn("What happened", plain_sentence)
    user = CellColumn("audit/cells/user.html", sort="user__email", verbose_name=_("Who"))
    subject_kind = KeyColumn("subject_kind", "About")
    subject_key = KeyColumn("subject_id", "Key")
    details = ExportColumn("Details", lambda event: json.dumps(event.details) if event.details else "")

    class Meta(Table.Meta):
        model = AuditEvent
        fields = ("happened_at", "label", "summary", "sentence", "user", "subject_kind", "subject_key", "details")
        row_attrs = {"data-row": lambda record: f"event:{record.pk}"}
