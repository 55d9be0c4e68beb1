from dataclasses import replace
from datetime import datetime
from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.columns import MetricColumn, TalkColumn
from calls.ingest.call_ids import exported_id
from calls.metrics.by_caller import CallerRow
from calls.metrics.presentation import Scope
from calls.models import Call, Meeting
from config.ui.lists.columns import CellColumn, Column, ExportColumn, KeyColumn
from config.ui.lists.tables import NextStep, Table
from markets.models import Contact, User


class CallerTable(Table):
    nouns = (pgettext_lazy("rows", "caller"), pgettext_lazy("rows", "callers"))
    empty = _("No calls were made in this period. Choose a longer one, or another market or campaign.")

    name = Column(lead=True, verbose_name=_("Caller"))
    called = MetricColumn()
    calls_made = MetricColumn()
    conversations = MetricColumn()
    connection_rate = MetricColumn()
    meetings_booked = MetricColumn()
    signals_captured = MetricColumn()
    talk_seconds = TalkColumn()

    class Meta(Table.Meta):
        model = User
        fields = (
            *("name", "called", "calls_made", "conversations", "connection_rate", "meetings_booked"),
            *("signals_captured", "talk_seconds"),
        )
        row_attrs = {"data-row": lambda record: record.caller.key}

    def __init__(self, *args: object, scope: Scope, **kwargs: Any):
        self.scope = scope
        super().__init__(*args, **kwargs)

    def scope_of(self, row: CallerRow) -> Scope:
        return replace(self.scope, caller=row.caller)


def meeting_time(call: Call) -> datetime | None:
    meeting: Meeting | None = getattr(call, "meeting", None)
    return meeting.scheduled_at if meeting else None


class CallTable(Table):
    """An import of its export gives the same calls: the columns that it needs besides are hidden on the page."""

    nouns = (pgettext_lazy("rows", "call"), pgettext_lazy("rows", "calls"))
    empty = _("No calls yet. They are logged from the call queue or imported from a dialer.")
    no_match = _("No calls match these filters.")
    next_steps = (
        NextStep(_("Open call queue"), "queue", "can_call"),
        NextStep(_("Import calls"), "imports:create", "can_manage", {"kind": "calls"}),
    )

    started_at = CellColumn("calls/cells/started.html", lead=True, verbose_name=_("Started"))
    contact = CellColumn("cells/contact.html", sort="contact__full_name", verbose_name=_("Contact"))
    campaign = CellColumn("campaigns/cells/campaign.html", sort="campaign__name", verbose_name=_("Campaign"))
    direction = Column(verbose_name=_("Direction"))
    disposition = Column(verbose_name=_("Outcome"))
    talk_seconds = CellColumn("calls/cells/talk.html", figure=True, verbose_name=_("Talk"))
    caller = CellColumn("calls/cells/caller.html", sort="caller__email", verbose_name=_("Caller"))
    notes = CellColumn("calls/cells/notes.html", orderable=False, verbose_name=_("Notes"))
    dialer_call_id = Column(visible=False)
    call_id = ExportColumn("Call ID", exported_id)
    caller_email = ExportColumn("Caller email", lambda call: call.caller.email if call.caller else "")
    caller_name = KeyColumn("caller_name", "Caller name")
    callback_at = KeyColumn("callback_at", "Callback at")
    meeting_at = ExportColumn("Meeting at", meeting_time, prefetch="meeting")
    external_id = KeyColumn("contact__external_id", "External ID")
    email = KeyColumn("contact__email", "Email")
    phone = KeyColumn("contact__phone", "Phone")
    recorded_at = Column(visible=False)
    voided_at = Column(visible=False)
    call_key = KeyColumn("pk", "Call key")
    person_key = KeyColumn("contact_id", "Person key")
    campaign_key = KeyColumn("campaign_id", "Campaign key")

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
            *("dialer_call_id", "call_id", "caller_email", "caller_name", "callback_at", "meeting_at"),
            *("external_id", "email", "phone", "recorded_at", "voided_at"),
            *("call_key", "person_key", "campaign_key"),
        )
        row_attrs = {
            "data-row": lambda record: f"call:{record.pk}",
            "class": lambda record: "void" if record.voided_at else "",
        }


class CallbackTable(Table):
    nouns = (pgettext_lazy("rows", "callback"), pgettext_lazy("rows", "callbacks"))
    empty = _("No callbacks here. A call with the outcome Callback Requested adds one.")
    next_steps = (NextStep(_("Open call queue"), "queue", "can_call"),)

    chosen = CellColumn(
        "callbacks/cells/check.html", accessor="pk", verbose_name=_("Choose"), orderable=False, exclude_from_export=True
    )
    contact = CellColumn("cells/contact.html", sort="contact__full_name", lead=True, verbose_name=_("Name"))
    firm = Column(accessor="contact__firm", verbose_name=_("Firm"))
    campaign = CellColumn("campaigns/cells/campaign.html", sort="campaign__name", verbose_name=_("Campaign"))
    callback_at = CellColumn("cells/moment.html", verbose_name=_("Promised for"))
    state = CellColumn("callbacks/cells/state.html", verbose_name=_("State"))
    settled_at = CellColumn("cells/moment.html", accessor="fulfilled_at", verbose_name=_("Called back"))
    caller = CellColumn("callbacks/cells/promised.html", sort="caller__email", verbose_name=_("Promised by"))
    act = CellColumn(
        "callbacks/cells/call.html",
        accessor="why_not",
        verbose_name=pgettext_lazy("verb", "Call"),
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(Table.Meta):
        model = Call
        fields = ("chosen", "contact", "firm", "campaign", "callback_at", "state", "settled_at", "caller", "act")
        row_attrs = {"data-row": lambda record: f"call:{record.pk}"}

    def __init__(self, *args: object, can_call: bool, can_decide: bool = False, **kwargs: Any):
        self.can_call = can_call
        super().__init__(*args, **kwargs, exclude=[] if can_decide else ["chosen"])


class MeetingTable(Table):
    nouns = (pgettext_lazy("rows", "meeting"), pgettext_lazy("rows", "meetings"))
    empty = _("No meetings yet. A call with the outcome Meeting Booked adds one.")
    next_steps = (NextStep(_("Open call queue"), "queue", "can_call"),)

    scheduled_at = CellColumn("meetings/cells/when.html", lead=True, verbose_name=_("When"))
    contact = CellColumn(
        "meetings/cells/contact.html",
        accessor="call__contact",
        sort="call__contact__full_name",
        verbose_name=_("Contact"),
    )
    firm = Column(accessor="call__contact__firm", verbose_name=_("Firm"))
    campaign = CellColumn(
        "meetings/cells/campaign.html",
        accessor="call__campaign",
        sort="call__campaign__name",
        verbose_name=_("Campaign"),
    )
    status = CellColumn("meetings/cells/status.html", verbose_name=_("Status"))
    caller = CellColumn(
        "meetings/cells/caller.html", accessor="call__caller", sort="call__caller__email", verbose_name=_("Booked by")
    )
    call_key = KeyColumn("call_id", "Call key")

    class Meta(Table.Meta):
        model = Meeting
        fields = ("scheduled_at", "contact", "firm", "campaign", "status", "caller", "call_key")
        row_attrs = {"data-row": lambda record: f"meeting:{record.pk}"}


class NumberForms(Table):
    """A table with a form for the new number in each row."""

    def __init__(self, *args: object, can_call: bool, **kwargs: Any):
        self.can_call = can_call
        super().__init__(*args, **kwargs)

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)

    @property
    def query_string(self) -> str:
        """The filters and page of the list, to return to it."""
        return self.request.GET.urlencode()


class OpenRepairTable(NumberForms):
    empty = _("No numbers to repair. People whose number is invalid or turned out wrong on a call are listed here.")

    contact = CellColumn("contacts/cells/name.html", accessor="pk", sort="full_name", lead=True, verbose_name=_("Name"))
    firm = Column(verbose_name=_("Firm"))
    dialled = CellColumn(
        "repairs/cells/typed.html", accessor="phone", sort="phone", verbose_name=pgettext_lazy("phone", "Number")
    )
    reason = CellColumn(
        "repairs/cells/reason.html", accessor="phone_problem", sort="phone_problem", verbose_name=_("Reason")
    )
    started_at = CellColumn(
        "repairs/cells/found.html", accessor="found_at", sort="found_at", verbose_name=_("Found on")
    )
    caller = Column(accessor="found_by", sort="found_by", verbose_name=_("Found by"), empty_values=())
    campaign = CellColumn(
        "repairs/cells/campaign.html", accessor="found_in", sort="found_in", verbose_name=_("Campaign")
    )
    phone = CellColumn("repairs/cells/new_number.html", accessor="pk", orderable=False, verbose_name=_("Repair"))

    class Meta(Table.Meta):
        model = Contact
        fields = ("contact", "firm", "dialled", "reason", "started_at", "caller", "campaign", "phone")
        row_attrs = {"data-row": lambda record: f"contact:{record.pk}"}

    def render_caller(self, record: Any) -> str:
        full_name = f"{record.found_by_first_name or ''} {record.found_by_last_name or ''}".strip()
        return str(full_name or record.found_by or record.found_by_name or "")


class RepairTable(NumberForms):
    empty = _("No wrong numbers. A call with the outcome Incorrect Number is listed here.")

    contact = CellColumn("cells/contact.html", sort="contact__full_name", lead=True, verbose_name=_("Name"))
    firm = Column(accessor="contact__firm", verbose_name=_("Firm"))
    dialled = Column(verbose_name=_("Wrong number"))
    started_at = CellColumn("calls/cells/started.html", verbose_name=_("Found on"))
    caller = CellColumn("calls/cells/caller.html", sort="caller__email", verbose_name=_("Found by"))
    campaign = CellColumn("campaigns/cells/campaign.html", sort="campaign__name", verbose_name=_("Campaign"))
    phone = CellColumn(
        "repairs/cells/number.html",
        accessor="contact__phone",
        orderable=False,
        verbose_name=pgettext_lazy("phone", "Number"),
    )

    class Meta(Table.Meta):
        model = Call
        fields = ("contact", "firm", "dialled", "started_at", "caller", "campaign", "phone")
        row_attrs = {"data-row": lambda record: f"contact:{record.contact_id}"}
