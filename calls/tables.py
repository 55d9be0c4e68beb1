from calls.models import Call
from config.ui.columns import CellColumn, Column
from config.ui.tables import Table


class CallTable(Table):
    empty = "No calls here. They are logged from a campaign's people, or arrive with import_calls."

    started_at = CellColumn("calls/cells/started.html", lead=True, verbose_name="Started")
    contact = CellColumn("cells/contact.html", sort="contact__full_name")
    campaign = CellColumn("campaigns/cells/campaign.html", sort="campaign__name")
    direction = Column()
    disposition = Column(verbose_name="Outcome")
    talk_seconds = CellColumn("calls/cells/talk.html", figure=True, verbose_name="Talk")
    caller = CellColumn("calls/cells/caller.html", sort="caller__email")
    notes = CellColumn("calls/cells/notes.html", orderable=False)
    dialer_call_id = Column(visible=False)
    voided_at = Column(visible=False)

    class Meta(Table.Meta):
        model = Call
        fields = (
            "started_at",
            "contact",
            "campaign",
            "direction",
            "disposition",
            "talk_seconds",
            "caller",
            "notes",
            "dialer_call_id",
            "voided_at",
        )
        row_attrs = {
            "data-row": lambda record: f"call:{record.pk}",
            "class": lambda record: "void" if record.voided_at else "",
        }
