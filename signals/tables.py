from config.ui.columns import CellColumn, Column
from config.ui.tables import Table
from signals.models import Signal


class SignalTable(Table):
    empty = "No signals here. They are captured with a call that was a conversation."

    contact = CellColumn("cells/contact.html", sort="contact__full_name", lead=True)
    firm = Column(accessor="contact__firm", verbose_name="Firm")
    type = Column()
    value = Column()
    evidence = Column(orderable=False)
    campaign = CellColumn(
        "signals/cells/campaign.html", accessor="call__campaign", sort="call__campaign__name", verbose_name="Campaign"
    )
    heard_at = CellColumn("signals/cells/heard.html", verbose_name="Heard")
    freshness = Column(orderable=False)

    class Meta(Table.Meta):
        model = Signal
        fields = ("contact", "firm", "type", "value", "evidence", "campaign", "heard_at", "freshness")
        row_attrs = {"data-row": lambda record: f"signal:{record.pk}"}
