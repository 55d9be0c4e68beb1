from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.columns import metric_columns
from calls.metrics.presentation import Scope, TotalRow, overlap_note
from calls.queue.calling_hours import local_time
from calls.queue.explanations import describe_lease, explain_rank
from campaigns.models import Campaign, CampaignContact, ProposedChange
from config.ui.dates import day, weekday_and_time
from config.ui.lists.columns import CellColumn, CheckColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table
from config.ui.periods import Period
from config.ui.requests import HtmxRequest
from signals.contacts.columns import edit_column, standing_columns


class CampaignTable(Table):
    nouns = (pgettext_lazy("rows", "campaign"), pgettext_lazy("rows", "campaigns"))
    empty = _("No campaigns yet. A campaign calls chosen people of a market.")
    next_steps = (NextStep(_("New campaign"), "campaigns:create", "can_manage"),)
    ask = _("Ask a manager to create one.")

    name = CellColumn("campaigns/cells/name.html", lead=True, verbose_name=_("Campaign"))
    market = Column(accessor="market__name", verbose_name=_("Market"))
    status = CellColumn("campaigns/cells/status.html", verbose_name=_("Status"))
    starts_on = Column(visible=False)
    ends_on = Column(visible=False)
    contact_count, coverage, calls_made, connection_rate, meetings_booked, signals_captured = metric_columns().values()
    campaign_key = KeyColumn("pk", _("Campaign key"))

    class Meta(Table.Meta):
        model = Campaign
        fields = ("name", "market", "status", "starts_on", "ends_on", *metric_columns(), "campaign_key")
        row_attrs = {"data-row": lambda record: f"campaign:{record.pk}"}

    def __init__(self, *args: object, period: Period, **kwargs: Any):
        self.period = period
        super().__init__(*args, **kwargs)

    @property
    def note(self) -> str:
        return overlap_note([row.record for row in getattr(self, "paginated_rows", self.rows)], str(self.order_by))

    def scope_of(self, campaign: Campaign) -> Scope:
        return Scope(self.workspace, self.period, campaign=campaign)

    def shown_in(self, campaign: Campaign) -> object:
        market = campaign.market.name if "market" in self.columns.names() else ""
        days = (day(campaign.starts_on), day(campaign.ends_on))
        of_campaign = (campaign.pk, campaign.name, campaign.kind, campaign.status, *days, market)
        return (self.workspace.slug, self.period, *of_campaign, campaign.metrics)  # type: ignore[attr-defined]


class ChosenCampaignTable(CampaignTable):
    """With a box for each campaign: those that are ticked are compared, or a manager changes their status."""

    total_column = "name"
    chosen = CheckColumn("campaigns/cells/check.html", accessor="pk")

    class Meta(CampaignTable.Meta):
        fields = ("chosen", *CampaignTable.Meta.fields)


def campaign_rows(
    request: HtmxRequest,
    campaigns: Sequence[Campaign],
    scope: Scope,
    total: TotalRow | None = None,
    **options: Any,
) -> CampaignTable:
    """A table of campaigns within another page: without pagination or sorting, optionally with a total."""
    table = CampaignTable(campaigns, workspace=scope.workspace, period=scope.period, orderable=False, **options)
    table.request, table.total = request, total
    return table


class MemberTable(Table):
    """An import of its export into a campaign gives the same members."""

    nouns = (pgettext_lazy("rows", "person"), pgettext_lazy("rows", "people"))
    empty = _("No people in this campaign yet.")
    no_match = _("No one matches these filters.")
    ask = _("Ask a manager to choose them from the market.")
    first_columns = ("chosen", "contact")
    default_columns = (
        "firm",
        "attempt_count",
        "last_disposition",
        "last_call_at",
        "movement",
        "next_step",
        "assigned_to",
    )
    past_columns = (
        "firm",
        "attempt_count",
        "conversation_count",
        "last_disposition",
        "last_call_at",
        "callback_due_at",
    )
    last_columns = ("act", "edit")

    chosen = CheckColumn("selection/cells/tick.html", accessor="contact_id")
    contact = CellColumn("campaigns/cells/member.html", sort="contact__full_name", lead=True, verbose_name=_("Name"))
    firm = Column(accessor="contact__firm", verbose_name=_("Firm"))
    attempt_count = Column(figure=True, verbose_name=_("Attempts"))
    conversation_count = Column(figure=True, verbose_name=_("Conversations"))
    last_disposition = Column(verbose_name=_("Last outcome"), attrs={"td": {"class": "nowrap"}})
    last_call_at = CellColumn("cells/moment.html", verbose_name=_("Last call"))
    callback_due_at = CellColumn("cells/moment.html", verbose_name=_("Callback"))
    assigned_to = Column(verbose_name=_("Assigned to"), sort="assigned_to__email")
    movement, next_step, in_campaigns = (standing_columns("contact")[place] for place in (2, 3, 5))
    title = Column(accessor="contact__title", verbose_name=_("Title"), visible=False)
    seniority = Column(
        accessor="contact__seniority", verbose_name=_("Seniority"), visible=False, exclude_from_export=True
    )
    city = Column(accessor="contact__city", verbose_name=_("City"), visible=False, exclude_from_export=True)
    phone = Column(accessor="contact__phone", verbose_name=_("Phone"), visible=False, attrs={"td": {"class": "nowrap"}})
    email = Column(accessor="contact__email", verbose_name=_("Email"), visible=False, attrs={"td": {"class": "clip"}})
    external_id = KeyColumn("contact__external_id", _("External ID"))
    profile_url = KeyColumn("contact__profile_url", _("Profile URL"))
    added_reason = Column(verbose_name=_("Added because"), visible=False)
    added_at = Column(visible=False)
    removed_at = Column(visible=False)
    person_key = KeyColumn("contact_id", _("Person key"))
    act = CellColumn(
        "campaigns/cells/call.html", accessor="pk", verbose_name=_("Call"), orderable=False, exclude_from_export=True
    )
    edit = edit_column("contact_id")

    class Meta(Table.Meta):
        model = CampaignContact
        fields = (
            "chosen",
            "contact",
            "firm",
            "attempt_count",
            "conversation_count",
            "last_disposition",
            "last_call_at",
            "callback_due_at",
            "assigned_to",
            *("movement", "next_step", "in_campaigns"),
            *("title", "seniority", "city", "phone", "email", "external_id", "profile_url"),
            *("added_reason", "added_at", "removed_at", "person_key"),
            "act",
            "edit",
        )
        row_attrs = {"data-row": lambda record: f"contact:{record.contact_id}"}

    def __init__(self, *args: object, can_call: bool, can_manage: bool, can_select: bool = False, **kwargs: Any):
        self.can_call = can_call
        shown = {"edit": can_manage, "chosen": can_select}
        super().__init__(*args, **kwargs, exclude=[name for name, is_shown in shown.items() if not is_shown])


class QueueTable(Table):
    nouns = (pgettext_lazy("rows", "person"), pgettext_lazy("rows", "people"))
    empty = _("Nobody is ready now. The people below are waiting, each with the reason.")

    contact = CellColumn("campaigns/cells/member.html", sort="contact__full_name", lead=True, verbose_name=_("Name"))
    firm = Column(accessor="contact__firm", verbose_name=_("Firm"))
    reason = Column(sort="rank", verbose_name=_("Why"))
    attempt_count = Column(figure=True, verbose_name=_("Attempts"))
    last_call_at = CellColumn("cells/moment.html", verbose_name=_("Last call"))
    timezone = Column(
        accessor="contact__timezone", verbose_name=_("Local time"), empty_values=(), attrs={"td": {"class": "nowrap"}}
    )
    assigned_to = Column(verbose_name=_("Assigned to"), sort="assigned_to__email")
    held_by = Column(accessor="leased_by", verbose_name=_("With"), sort="leased_until", empty_values=())
    act = CellColumn(
        "campaigns/cells/call.html", accessor="pk", verbose_name=_("Call"), orderable=False, exclude_from_export=True
    )

    class Meta(Table.Meta):
        model = CampaignContact
        fields = (
            "contact",
            "firm",
            "reason",
            "attempt_count",
            "last_call_at",
            "timezone",
            "assigned_to",
            "held_by",
            "act",
        )
        row_attrs = {"data-row": lambda record: f"contact:{record.contact_id}"}

    def __init__(self, *args: object, moment: datetime, can_call: bool, **kwargs: Any):
        self.moment, self.can_call = moment, can_call
        super().__init__(*args, **kwargs)

    def render_reason(self, record: CampaignContact) -> str:
        words = explain_rank(record, self.moment)
        return words[0].upper() + words[1:]

    def render_timezone(self, record: CampaignContact) -> str:
        return weekday_and_time(local_time(record.contact, self.moment))

    def render_held_by(self, record: CampaignContact) -> str:
        return describe_lease(record, self.moment)


class ProposedChangeTable(Table):
    """Who should join or leave a campaign, and why."""

    nouns = (pgettext_lazy("rows", "change"), pgettext_lazy("rows", "changes"))
    empty = _("Nobody to join or leave.")

    chosen = CheckColumn("contacts/cells/check.html", accessor="contact_id")
    contact = CellColumn("campaigns/cells/member.html", sort="contact__full_name", lead=True, verbose_name=_("Name"))
    firm = Column(accessor="contact__firm", verbose_name=_("Firm"))
    change = Column(verbose_name=_("Change"))
    reason = Column(verbose_name=_("Why"))
    person_key = KeyColumn("contact_id", _("Person key"))

    class Meta(Table.Meta):
        model = ProposedChange
        fields = ("chosen", "contact", "firm", "change", "reason", "person_key")
        row_attrs = {"data-row": lambda record: f"contact:{record.contact_id}"}

    def __init__(self, *args: object, can_manage: bool, **kwargs: Any):
        super().__init__(*args, **kwargs, exclude=[] if can_manage else ["chosen"])
