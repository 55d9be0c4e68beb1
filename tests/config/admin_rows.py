"""One row of every model in the admin, and the URLs of its pages."""

from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import now

from calls.log.meetings import change_meeting
from calls.log.services import amend
from calls.models import Call, CampaignDay, CampaignHour, Correction, Meeting, MeetingChange
from campaigns.bulk.tagging import tag_people
from campaigns.dispositions import Disposition
from campaigns.membership import enroll, remove
from campaigns.models import (
    Absence,
    Audience,
    BulkAction,
    Campaign,
    CampaignContact,
    CampaignReport,
    SharedLink,
    StatusChange,
)
from markets.contacts.duplicates import mark_not_duplicates
from markets.models import (
    ApiToken,
    AuditEvent,
    Contact,
    ContactMerge,
    CustomField,
    Erasure,
    ImportJob,
    Invitation,
    Market,
    MarketContact,
    Membership,
    NotDuplicate,
    OffLimits,
    SignInDomain,
    Suppression,
    User,
    Workspace,
)
from markets.workspaces import api_tokens
from markets.workspaces.invitations import invite
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.models import Signal, SignalSuggestion
from signals.sharing.links import share
from signals.suggestions.services import suggest
from tests.factories import ContactFactory, MembershipFactory, SuppressionFactory, call, ended_import, signal

MODELS = [
    *(Workspace, User, Membership, Invitation, Market, Contact, MarketContact, Suppression, ContactMerge, NotDuplicate),
    *(Campaign, CampaignContact, StatusChange, Call, Meeting, CampaignDay, CampaignHour, Signal, ImportJob, ApiToken),
    *(Correction, MeetingChange, Erasure, SignalSuggestion, Absence, CustomField),
    *(OffLimits, AuditEvent, Audience, CampaignReport, SharedLink, SignInDomain, BulkAction),
]
READ_ONLY = {
    ImportJob,
    Suppression,
    ContactMerge,
    Erasure,
    NotDuplicate,
    CampaignContact,
    Absence,
    StatusChange,
    Call,
    Meeting,
    MeetingChange,
    Correction,
    CampaignDay,
    CampaignHour,
    Signal,
    SignalSuggestion,
    OffLimits,
    AuditEvent,
    Audience,
    BulkAction,
    CampaignReport,
    SharedLink,
}


def path(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def one_of_each(campaign, ops):
    """One full row of every model."""
    made = call(campaign, disposition=Disposition.MEETING_BOOKED, caller=ops, meeting_at=now() + timedelta(days=2))
    signal(made, evidence="She said so")
    change_meeting(meeting=made.meeting, to="scheduled", at=now() + timedelta(days=3), by=ops)
    suggest(amend(call=made, by=ops, reason="A new note", notes="Wants it in writing. Keen to meet."))
    call(campaign, disposition=Disposition.DO_NOT_CONTACT)
    remove(campaign=campaign, contacts=[made.contact_id], by=ops, reason="Not this mission")
    enroll(campaign=campaign, contacts=[made.contact_id], by=ops)
    MembershipFactory(workspace=campaign.workspace, user=ops)
    MembershipFactory(workspace=campaign.workspace)
    invite(workspace=campaign.workspace, email="new@portal.example", role="viewer", by=ops)
    api_tokens.issue(workspace=campaign.workspace, name="New dialer", by=ops)
    SuppressionFactory(workspace=campaign.workspace, phone_e164="+12125550123")
    CustomField.objects.create(workspace=campaign.workspace, key="size", name="Shoe size", kind="number")
    keep, merged, other = (
        ContactFactory(workspace=campaign.workspace, full_name=f"Twin {name}", email=f"{name}@twins.example")
        for name in "abc"
    )
    merge(keep=keep, merged=merged, by=ops)
    mark_not_duplicates(workspace=campaign.workspace, one=keep, other=other, by=ops)
    erase(contact=ContactFactory(workspace=campaign.workspace), by=ops, reason="Request 204")
    done = ended_import(campaign.workspace, name="new.csv", by=ops, created=1, rejected=1)
    done.rejections.create(workspace=campaign.workspace, line=3, code="email", message="Not an address", cells=["x"])
    campaign.workspace.off_limits.create(firm="New client LLP", reason="A client", created_by=ops)
    campaign.workspace.audiences.create(name="New partners", rule={"version": 1, "match": "all", "conditions": []})
    CampaignReport.objects.create(workspace=campaign.workspace, campaign=campaign, document={})
    share(
        thing=campaign.market, by=ops, label="New client", expires_on=campaign.workspace.today(), sections=["figures"]
    )
    tag_people(workspace=campaign.workspace, contacts=[other.pk], name="New", by=ops)
    SignInDomain.objects.create(workspace=campaign.workspace, domain="new.example", provider="acme")
    return {model: model.objects.order_by("pk").first() for model in MODELS}
