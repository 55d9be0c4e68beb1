"""Whole workspaces for isolation tests: one row of every model, and a count of all rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.timezone import now

from calls.callbacks.handover import remove_from_campaign
from calls.models import Call, Correction, Meeting, MeetingChange
from campaigns.bulk.tagging import tag_people
from campaigns.callers.assignment import assign
from campaigns.callers.services import add_callers
from campaigns.dispositions import Disposition
from campaigns.living import propose, set_living
from campaigns.models import (
    Audience,
    BulkAction,
    BulkActionPerson,
    Campaign,
    CampaignCaller,
    CampaignContact,
    CampaignGoal,
    CampaignReport,
    CampaignTag,
    CampaignTemplate,
    DefaultView,
    Mention,
    Note,
    PeopleSelection,
    SavedView,
    SelectedContact,
    SelectedPerson,
    SharedLink,
    StatusChange,
    Task,
)
from campaigns.notes.services import write_note
from campaigns.planning import GoalValue, set_goals
from campaigns.tags.services import tag_campaign, tag_contacts
from markets.models import (
    Contact,
    ContactMerge,
    ContactTag,
    ImportJob,
    ImportPreset,
    Invitation,
    Market,
    Membership,
    NotDuplicate,
    OffLimits,
    Suppression,
    Tag,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WorkspaceExport,
)
from markets.models.imports import OTHER_PERSON
from markets.workspaces.api_tokens import issue
from markets.workspaces.audit import record_event
from markets.workspaces.invitations import invite
from signals.contacts.merge import merge
from signals.models import Signal, SignalSuggestion
from signals.sharing.links import share
from signals.sharing.market_document import MARKET_SECTIONS
from signals.suggestions.services import suggest
from tests import factories
from tests.factories import call, signal


@dataclass
class Firm:
    """A workspace with one full row of everything, each text of which holds `word`."""

    workspace: object
    ids: dict[str, int]
    manager: object
    token: str
    """The token of its shared link, which shows people."""


def firm(word: str, slug: str) -> Firm:
    mailbox = word.lower() if word.isalnum() else "somebody"
    workspace = factories.WorkspaceFactory(name=f"{word} Partners", slug=slug)
    manager = factories.MembershipFactory(workspace=workspace, user__first_name=f"{word} manager").user
    market = factories.MarketFactory(workspace=workspace, practice_area=f"{word} law", geography=f"{word} city")
    script = {f"script_{step}": f"{word} {step}" for step in ("opening", "questions", "objections", "close")}
    campaign = factories.active_campaign(market=market, name=f"{word} campaign", brief=f"{word} brief", **script)
    contact = factories.member(
        campaign, full_name=f"{word} person", firm=f"{word} LLP", email=f"{mailbox}@p.example"
    ).contact
    double = factories.ContactFactory(workspace=workspace, full_name=f"{word} persons", firm=f"{word} LLP")
    former = factories.ContactFactory(workspace=workspace, full_name=f"{word} former person")
    merge(keep=contact, merged=former, by=manager, reason=f"{word} reason")
    made = call(
        campaign,
        contact,
        disposition=Disposition.MEETING_BOOKED,
        notes=f"{word} notes: underpaid.",
        caller=manager,
        meeting_at=now() + timedelta(days=3),
    )
    promised_to, wrong = (factories.member(campaign, full_name=f"{word} {kind}").contact for kind in ("busy", "wrong"))
    call(campaign, promised_to, disposition=Disposition.CALLBACK_REQUESTED, caller=manager)
    call(campaign, wrong, disposition=Disposition.INCORRECT_NUMBER, caller=manager)
    heard = signal(made, evidence=f"{word} words")
    (open_suggestion,) = suggest(made)
    completed = factories.completed_campaign(market=market, name=f"{word} completed campaign", brief=f"{word} aim")
    suppression = factories.SuppressionFactory(workspace=workspace, email=f"{mailbox}@s.example", reason=word)
    off_limits = workspace.off_limits.create(firm=f"{word} bank", reason=f"{word} client", requested_by=f"{word} boss")
    note, _ = write_note(workspace=workspace, text=f"{word} note for @{word} manager", by=None, contact=contact)
    task = workspace.tasks.create(title=f"{word} task", contact=contact, campaign=campaign, owner=manager)
    write_note(workspace=workspace, text=f"{word} note", by=manager, campaign=campaign)
    tag = tag_contacts(workspace=workspace, contacts=[contact], name=f"{word} tag", by=manager)
    tag_campaign(campaign=campaign, name=f"{word} tag", by=manager)
    member = factories.MembershipFactory(workspace=workspace, user__first_name=f"{word} viewer", role="viewer")
    invitation, _ = invite(workspace=workspace, email=f"{mailbox}@i.example", role="viewer", by=manager)
    draft = factories.import_draft(
        workspace, f"Email,{word} column", f"{word}@f.example,{word}", name=f"{word}.csv", by=manager
    )
    done = factories.ended_import(workspace, name=f"{word} earlier.csv", by=manager, rejected=1, created=1)
    done.rejections.create(workspace=workspace, line=3, code="email", message=f"{word} is why", cells=[word])
    undecided = done.rejections.create(workspace=workspace, line=4, code=OTHER_PERSON, message=word, cells=[word])
    done.people.create(
        **{"workspace": workspace, "contact": contact, "line": 2, "outcome": "c", "field_mask": 1},
        **dict.fromkeys(["is_placed", "is_enrolled", "is_do_not_call"], True),
    )
    preset = workspace.import_presets.create(
        kind="people", header_key=word, name=f"{word} preset", options={"map": {f"{word} column": "firm"}}
    )
    done.notes.create(
        **{"workspace": workspace, "line": 2, "kind": "left_out", "field": "email", "contact": contact},
        **{"file_value": f"{word} value", "message": f"{word} sentence"},
    )
    record_event(workspace=workspace, user=manager, action="people_assigned", summary="Some people", subject=campaign)
    leaving = factories.MembershipFactory(workspace=workspace, user__first_name=f"{word} leaving", role="caller").user
    call(campaign, promised_to, disposition=Disposition.CALLBACK_REQUESTED, caller=leaving)
    add_callers(campaign=campaign, users=[manager, leaving], by=manager)
    departure = remove_from_campaign(campaign=campaign, user=leaving, by=manager)
    assign(campaign=campaign, contacts=[wrong.pk], to=manager, by=manager)
    link, token = share(
        thing=market,
        by=manager,
        label=f"{word} client",
        expires_on=workspace.today() + timedelta(days=30),
        sections=MARKET_SECTIONS,
        shows_people=True,
        is_frozen=True,
    )
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "search", "text": word}]}
    audience = workspace.audiences.create(name=f"{word} audience", rule=rule, created_by=manager)
    view = workspace.saved_views.create(
        name=f"{word} view", list_name="contacts", columns=["firm"], query={"q": [word]}, created_by=manager
    )
    workspace.default_views.create(user=member.user, list_name="contacts", view=view)
    workspace.selected_contacts.create(campaign=campaign, user=manager, contact=double)
    selection = workspace.people_selections.create(user=manager, queries=[{"q": [word]}])
    workspace.selected_people.create(selection=selection, contact=contact)
    of_members = workspace.people_selections.create(user=manager, campaign=campaign)
    workspace.selected_people.create(selection=of_members, contact=contact)
    tagged = tag_people(workspace=workspace, contacts=[double.pk], name=f"{word} tag", by=manager)
    webhook = workspace.webhooks.create(
        url=f"https://{slug}.example/hooks",
        description=f"{word} CRM",
        kinds=["call.recorded"],
        secret="sealed",
        created_by=manager,
    )
    event = workspace.webhook_events.create(
        kind="call.recorded",
        contact=contact,
        order_key=f"contact:{contact.pk}",
        data={"contact": {"external_id": word}},
    )
    webhook.deliveries.create(
        **{"workspace": workspace, "event": event, "order_key": event.order_key, "state": "failed", "attempts": 10},
        **{"answer": f"{word} answer", "status_code": 500},
    )
    set_goals(campaign=campaign, goals={"meetings": GoalValue(9, None)})
    template = workspace.campaign_templates.create(
        name=f"{word} template", brief=f"{word} brief", goals={"meetings": 9}, **script
    )
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "firm", "op": "is", "values": [f"{word} LLP"]}]}
    coverage = factories.active_campaign(market=market, name=f"{word} coverage", kind="coverage")
    coverage.campaign_sources.create(workspace=workspace, source=campaign)
    set_living(campaign=coverage, rule=rule, by=manager)
    propose(coverage)
    export = workspace.workspace_exports.create(
        **{"state": "ready", "requested_by": manager, "finished_at": now(), "size": len(word.encode()), "row_count": 9},
        file=ContentFile(word.encode(), "export.zip"),
    )
    token_row, _ = issue(workspace=workspace, name=f"{word} CRM", by=manager)
    ids = {
        "token": token_row.pk,
        "link": link.pk,
        "webhook": webhook.pk,
        "audience": audience.pk,
        "view": view.pk,
        "template": template.pk,
        "bulk_action": tagged.pk,
        "campaign_caller": manager.pk,
        "departure": departure.pk,
        "import": draft.pk,
        "preset": preset.pk,
        "ended_import": done.pk,
        "undecided": undecided.pk,
        "market": market.pk,
        "campaign": campaign.pk,
        "coverage": coverage.pk,
        "reported": completed.pk,
        "report": completed.reports.get().pk,
        "report_version": completed.reports.get().version,
        "contact": contact.pk,
        "duplicate": double.pk,
        "wrong_number": wrong.pk,
        "call": made.pk,
        "meeting": made.meeting.pk,
        "suggestion": open_suggestion.suggestion.pk,
        "signal": heard.pk,
        "manager": manager.pk,
        "suppression": suppression.pk,
        "off_limits": off_limits.pk,
        "tag": tag.pk,
        "note": note.pk,
        "task": task.pk,
        "membership": member.pk,
        "invitation": invitation.pk,
        "workspace_export": export.pk,
    }
    return Firm(workspace, ids, manager, token)


@contextmanager
def shared_by_a_module(django_db_blocker) -> Iterator[None]:
    """Rows created inside are shared by all tests of a module: each test rolls back to them, and they go at the end.

    The tests must not be transactional, and must copy the instances that they change.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def counts() -> list[int]:
    models = [Market, Contact, Campaign, CampaignContact, StatusChange, Call, Meeting, Signal, Suppression, Invitation]
    return [
        model.objects.count()
        for model in [
            *(*models, Membership, ContactMerge, NotDuplicate, ImportJob, ImportPreset, Correction, MeetingChange),
            SignalSuggestion,
            *(OffLimits, Tag, ContactTag, CampaignTag, Note, Mention, Task),
            CampaignReport,
            SharedLink,
            *(Audience, SelectedContact, SavedView, DefaultView),
            *(BulkAction, BulkActionPerson, PeopleSelection, SelectedPerson),
            *(CampaignGoal, CampaignCaller, CampaignTemplate),
            *(Webhook, WebhookEvent, WebhookDelivery),
            WorkspaceExport,
        ]
    ]
