from config.ui.columns import CellColumn, Column, KeyColumn
from config.ui.tables import Table
from markets.models import AuditEvent


class AuditTable(Table):
    empty = "No events yet. Exports, shared links and changes of the team appear here."

    happened_at = CellColumn("cells/moment.html", verbose_name="When")
    label = Column(sort="action", lead=True, verbose_name="Action")
    summary = CellColumn("audit/cells/summary.html", orderable=False, verbose_name="What happened")
    user = CellColumn("audit/cells/user.html", sort="user__email", verbose_name="Who")
    subject_kind = KeyColumn("subject_kind", "About")
    subject_key = KeyColumn("subject_id", "Key")

    class Meta(Table.Meta):
        model = AuditEvent
        fields = ("happened_at", "label", "summary", "user", "subject_kind", "subject_key")
        row_attrs = {"data-row": lambda record: f"event:{record.pk}"}
