"""For each foreign key between rows of a workspace, a row that refers to another workspace by it."""

from collections.abc import Callable

from django.db.models import Model
from django.utils.timezone import now

from calls.models import Call, CallReport, CampaignDay, CampaignHour, Correction, Meeting, MeetingChange
from campaigns.models import (
    Absence,
    AudienceProposal,
    BulkAction,
    BulkActionPerson,
    Campaign,
    CampaignCaller,
    CampaignContact,
    CampaignGoal,
    CampaignReport,
    CampaignSource,
    CampaignTag,
    DefaultView,
    Mention,
    Note,
    PeopleSelection,
    ProposedChange,
    SelectedContact,
    SelectedPerson,
    SharedLink,
    StatusChange,
    Task,
)
from markets.models import (
    ContactChange,
    ContactMerge,
    ContactPoint,
    ContactTag,
    DecidedIdentity,
    ErasedKey,
    Erasure,
    FormerKey,
    IdempotencyKey,
    ImportJob,
    ImportNote,
    ImportPreset,
    ImportRejection,
    MarketContact,
    NotDuplicate,
    OffLimits,
    Suppression,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    Workspace,
)
from markets.workspaces.api_tokens import issue
from signals.models import Signal, SignalSuggestion
from tests.factories import (
    ContactFactory,
    MembershipFactory,
    SuppressionFactory,
    UserFactory,
    booked,
    call,
    ended_import,
)

MERGED = {"merged_id": 10**9, "label": "Bent", "fields": {}, "replaced": {}, "moved": {}}


class TwoWorkspaces:
    """A campaign of ours and one of another workspace, with a person and a call each."""

    def __init__(self, campaign: Campaign, other: Campaign):
        self.campaign, self.other, self.ours = campaign, other, campaign.workspace
        self.mine, self.foreign = campaign.members.first().contact, other.members.first().contact
        self.made = call(campaign, disposition="future_potential")

    def foreign_import(self) -> ImportJob:
        return ended_import(self.other.workspace)

    def preset(self, workspace: Workspace) -> ImportPreset:
        return workspace.import_presets.get_or_create(kind="people", header_key="bent", name="Bent")[0]

    def webhook(self, workspace: Workspace) -> Webhook:
        return workspace.webhooks.create(url="https://bent.example", secret="bent")

    def event(self, workspace: Workspace) -> WebhookEvent:
        return workspace.webhook_events.create(kind="webhook.test", order_key="bent", data={})


ROWS: dict[str, Callable[[TwoWorkspaces], Model]] = {
    "idempotency key to token": lambda s: IdempotencyKey(
        workspace=s.ours,
        token=issue(workspace=s.other.workspace, name="Bent", by=None)[0],
        **{"key": "bent", "request_hash": "bent", "status": 200, "body": "{}"},
    ),
    "default view to view": lambda s: DefaultView(
        workspace=s.ours,
        list_name="contacts",
        user=UserFactory(),
        view=s.other.workspace.saved_views.create(name="Bent", list_name="contacts"),
    ),
    "selection to campaign": lambda s: SelectedContact(
        workspace=s.ours, campaign=s.other, contact=s.mine, user=UserFactory()
    ),
    "selection to contact": lambda s: SelectedContact(
        workspace=s.ours, campaign=s.campaign, contact=s.foreign, user=UserFactory()
    ),
    "list selection to campaign": lambda s: PeopleSelection(workspace=s.ours, campaign=s.other, user=UserFactory()),
    "list selection to market": lambda s: PeopleSelection(workspace=s.ours, market=s.other.market, user=UserFactory()),
    "selected person to selection": lambda s: SelectedPerson(
        workspace=s.ours,
        contact=s.mine,
        selection=PeopleSelection.objects.create(workspace=s.other.workspace, user=UserFactory()),
    ),
    "selected person to contact": lambda s: SelectedPerson(
        workspace=s.ours,
        contact=s.foreign,
        selection=PeopleSelection.objects.create(workspace=s.ours, user=UserFactory()),
    ),
    "bulk action to campaign": lambda s: BulkAction(workspace=s.ours, kind="add", campaign=s.other),
    "bulk action to tag": lambda s: BulkAction(
        workspace=s.ours, kind="tag", tag=s.other.workspace.tags.create(name="Bent")
    ),
    "person of action to action": lambda s: BulkActionPerson(
        workspace=s.ours,
        contact=s.mine,
        action=BulkAction.objects.create(workspace=s.other.workspace, kind="tag"),
    ),
    "person of action to contact": lambda s: BulkActionPerson(
        workspace=s.ours, contact=s.foreign, action=BulkAction.objects.create(workspace=s.ours, kind="tag")
    ),
    "merge to contact": lambda s: ContactMerge(workspace=s.ours, contact=s.foreign, **MERGED),
    "key to merge": lambda s: FormerKey(
        workspace=s.ours,
        merge=ContactMerge.objects.create(workspace=s.other.workspace, contact=s.foreign, **MERGED),
        kind="email",
        value="bent@people.example",
    ),
    "erasure to contact": lambda s: Erasure(workspace=s.ours, contact=s.foreign, reason="Bent"),
    "erased key to suppression": lambda s: ErasedKey(
        workspace=s.ours,
        suppression=SuppressionFactory(workspace=s.other.workspace, email="bent@people.example"),
        kind="email",
        digest="bent",
    ),
    "decision to older contact": lambda s: NotDuplicate(
        workspace=s.ours, low=s.foreign, high=ContactFactory(workspace=s.ours)
    ),
    "decision to newer contact": lambda s: NotDuplicate(
        workspace=s.ours, low=s.mine, high=ContactFactory(workspace=s.other.workspace)
    ),
    "campaign to market": lambda s: Campaign(workspace=s.ours, market=s.other.market, name="Bent"),
    "campaign to campaign": lambda s: Campaign(
        workspace=s.ours, market=s.campaign.market, name="Bent", follows=s.other
    ),
    "goal to campaign": lambda s: CampaignGoal(workspace=s.ours, campaign=s.other, kind="meetings", target=3),
    "report to campaign": lambda s: CampaignReport(workspace=s.ours, campaign=s.other, document={}),
    "caller to campaign": lambda s: CampaignCaller(workspace=s.ours, campaign=s.other, user=UserFactory()),
    "landscape to market": lambda s: MarketContact(
        workspace=s.ours, market=s.other.market, contact=ContactFactory(workspace=s.ours)
    ),
    "landscape to contact": lambda s: MarketContact(workspace=s.ours, market=s.campaign.market, contact=s.foreign),
    "member to contact": lambda s: CampaignContact(workspace=s.ours, campaign=s.campaign, contact=s.foreign),
    "member to campaign": lambda s: CampaignContact(workspace=s.ours, campaign=s.other, contact=s.mine),
    "absence to member": lambda s: Absence(
        workspace=s.ours,
        campaign=s.campaign,
        contact=s.foreign,
        removed_at=now(),
        removed_reason="Bent",
        returned_at=now(),
    ),
    "source to campaign": lambda s: CampaignSource(workspace=s.ours, campaign=s.campaign, source=s.other),
    "campaign to its source": lambda s: CampaignSource(workspace=s.ours, campaign=s.other, source=s.campaign),
    "proposal to campaign": lambda s: AudienceProposal(workspace=s.ours, campaign=s.other, rule={"version": 1}),
    "change to proposal": lambda s: ProposedChange(
        workspace=s.ours,
        proposal=AudienceProposal.objects.create(workspace=s.other.workspace, campaign=s.other, rule={"version": 1}),
        contact=s.mine,
        change="join",
    ),
    "change to contact": lambda s: ProposedChange(
        workspace=s.ours,
        proposal=AudienceProposal.objects.create(workspace=s.ours, campaign=s.campaign, rule={"version": 1}),
        contact=s.foreign,
        change="join",
    ),
    "link to market": lambda s: SharedLink(
        workspace=s.ours, market=s.other.market, token_hash="bent market", expires_at=now(), document={}
    ),
    "link to report": lambda s: SharedLink(
        workspace=s.ours,
        report=CampaignReport.objects.create(workspace=s.other.workspace, campaign=s.other, document={}),
        token_hash="bent report",
        expires_at=now(),
        document={},
    ),
    "suppression to contact": lambda s: Suppression(workspace=s.ours, contact=s.foreign, reason="Bent"),
    "off-limits to contact": lambda s: OffLimits(workspace=s.ours, contact=s.foreign, reason="Bent"),
    "webhook's event to contact": lambda s: WebhookEvent(
        workspace=s.ours, contact=s.foreign, order_key="bent", data={}
    ),
    "delivery to webhook": lambda s: WebhookDelivery(
        workspace=s.ours, webhook=s.webhook(s.other.workspace), event=s.event(s.ours), order_key="bent"
    ),
    "delivery to event": lambda s: WebhookDelivery(
        workspace=s.ours, webhook=s.webhook(s.ours), event=s.event(s.other.workspace), order_key="bent"
    ),
    "note to contact": lambda s: Note(workspace=s.ours, contact=s.foreign, text="Bent"),
    "note to campaign": lambda s: Note(workspace=s.ours, campaign=s.other, text="Bent"),
    "mention to note": lambda s: Mention(
        workspace=s.ours,
        note=Note.objects.create(workspace=s.other.workspace, campaign=s.other, text="Bent"),
        user=MembershipFactory().user,
    ),
    "task to contact": lambda s: Task(workspace=s.ours, contact=s.foreign, title="Bent"),
    "task to campaign": lambda s: Task(workspace=s.ours, campaign=s.other, title="Bent"),
    "person's tag to contact": lambda s: ContactTag(
        workspace=s.ours, contact=s.foreign, tag=s.ours.tags.create(name="Bent 1")
    ),
    "person's tag to tag": lambda s: ContactTag(
        workspace=s.ours, contact=s.mine, tag=s.other.workspace.tags.create(name="Bent 2")
    ),
    "campaign's tag to campaign": lambda s: CampaignTag(
        workspace=s.ours, campaign=s.other, tag=s.ours.tags.create(name="Bent 3")
    ),
    "campaign's tag to tag": lambda s: CampaignTag(
        workspace=s.ours, campaign=s.campaign, tag=s.other.workspace.tags.create(name="Bent 4")
    ),
    "call to campaign": lambda s: Call(workspace=s.ours, campaign=s.other, contact=s.mine, started_at=now()),
    "call to contact": lambda s: Call(workspace=s.ours, campaign=s.campaign, contact=s.foreign, started_at=now()),
    "day to campaign": lambda s: CampaignDay(workspace=s.ours, campaign=s.other, day=s.ours.today()),
    "hour to campaign": lambda s: CampaignHour(workspace=s.ours, campaign=s.other, day=s.ours.today(), hour=9),
    "signal to call": lambda s: Signal(
        workspace=s.ours, call=call(s.other), contact=s.foreign, type="firm_stability", value="Stable", heard_at=now()
    ),
    "signal to campaign": lambda s: Signal(
        workspace=s.ours,
        call=s.made,
        contact=s.made.contact,
        type="firm_stability",
        value="Stable",
        heard_at=now(),
        current_campaign=s.other,
    ),
    "suggestion to call": lambda s: SignalSuggestion(
        workspace=s.ours, call=call(s.other), type="firm_stability", value="Stable", rule="bent"
    ),
    "signal to contact": lambda s: Signal(
        workspace=s.ours, call=s.made, contact=s.foreign, type="firm_stability", value="Stable", heard_at=now()
    ),
    "suppression to import": lambda s: Suppression(
        workspace=s.ours, contact=s.mine, reason="Bent", import_job=s.foreign_import()
    ),
    "suppression to rule": lambda s: Suppression(
        workspace=s.ours,
        contact=s.mine,
        reason="Bent",
        rule=SuppressionFactory(workspace=s.other.workspace, email_domain="bent.example"),
    ),
    "import to preset": lambda s: ImportJob(
        workspace=s.ours, kind="people", file_name="bent.csv", preset=s.preset(s.other.workspace)
    ),
    "rejection to import": lambda s: ImportRejection(
        workspace=s.ours, job=s.foreign_import(), line=2, code="email", message="Bent", cells=["Bent"]
    ),
    "import's note to import": lambda s: ImportNote(workspace=s.ours, job=s.foreign_import(), line=2, kind="warning"),
    "import's note to contact": lambda s: ImportNote(
        workspace=s.ours, job=ended_import(s.ours), line=2, kind="warning", contact=s.foreign
    ),
    "change of fields to contact": lambda s: ContactChange(
        workspace=s.ours, contact=s.foreign, before={"firm": ""}, after={"firm": "Bent"}
    ),
    "change of fields to import": lambda s: ContactChange(
        workspace=s.ours, contact=s.mine, before={"firm": ""}, after={"firm": "Bent"}, import_job=s.foreign_import()
    ),
    "identity to preset": lambda s: DecidedIdentity(
        workspace=s.ours, preset=s.preset(s.other.workspace), external_id="Bent", contact=s.mine
    ),
    "identity to contact": lambda s: DecidedIdentity(
        workspace=s.ours, preset=s.preset(s.ours), external_id="Bent", contact=s.foreign
    ),
    "contact point to contact": lambda s: ContactPoint(
        workspace=s.ours, contact=s.foreign, kind="email", typed="bent@people.example"
    ),
    "status change to campaign": lambda s: StatusChange(
        workspace=s.ours, campaign=s.other, from_status="active", to_status="paused"
    ),
    "call to suppression": lambda s: Call(
        workspace=s.ours,
        campaign=s.campaign,
        contact=s.mine,
        started_at=now(),
        suppression=SuppressionFactory(workspace=s.other.workspace, email="bent@people.example"),
    ),
    "meeting to call": lambda s: Meeting(workspace=s.ours, call=call(s.other)),
    "meeting's change to meeting": lambda s: MeetingChange(
        workspace=s.ours, meeting=booked(s.other), from_status="scheduled", to_status="held"
    ),
    "correction to call": lambda s: Correction(
        workspace=s.ours, call=call(s.other), before={"notes": ""}, after={"notes": "Bent"}, reason="Bent"
    ),
    "correction to import": lambda s: Correction(
        workspace=s.ours,
        call=s.made,
        before={"notes": ""},
        after={"notes": "Bent"},
        reason="Bent",
        import_job=s.foreign_import(),
    ),
    "report to call": lambda s: CallReport(workspace=s.ours, call=call(s.other), values={"notes": "Bent"}),
    "report to preset": lambda s: CallReport(
        workspace=s.ours, call=s.made, values={"notes": "Bent"}, preset=s.preset(s.other.workspace)
    ),
}
