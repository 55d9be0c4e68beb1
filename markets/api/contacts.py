"""People: read, and added or changed by another system, whose word counts as product.md says in section 8."""

from datetime import datetime
from typing import Self

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from campaigns.contact_sync import SyncResult, sync_contacts
from campaigns.membership import CampaignClosed
from campaigns.models import Campaign
from config.ui.api import Problem
from markets.api.endpoints import endpoint, json_response
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.responses import etag_of, invalid
from markets.api.tokens import ApiRequest
from markets.contacts.changes import bits_to_fields
from markets.contacts.normalization import FIELDS, MAX_LENGTHS
from markets.filters import ContactFilter
from markets.models import Contact, ImportNote, Market, Scope, Workspace

router = Router(tags=["Contacts"])
MOST_SENT = 500
MOST_TYPED = 1000
"""Characters of a value as it is sent. What is kept of it is less: the rest is reported as left out."""


class ContactOut(Schema):
    """A person, once per workspace."""

    id: int = Field(examples=[2001])
    external_id: str = Field(examples=["CRM-7"])
    full_name: str = Field(examples=["Ann Lee"])
    first_name: str = Field(examples=["Ann"])
    last_name: str = Field(examples=["Lee"])
    email: str = Field(examples=["ann@lee.example"])
    phone: str = Field(description="As it was typed.", examples=["(212) 555-0123"])
    phone_e164: str = Field(description="Empty unless it is a valid number.", examples=["+12125550123"])
    firm: str = Field(examples=["North LLP"])
    title: str = Field(examples=["Partner"])
    seniority: str = Field(examples=["Partner"])
    city: str = Field(examples=["New York"])
    timezone: str = Field(examples=["America/New_York"])
    profile_url: str = Field(examples=["https://www.linkedin.com/in/ann-lee"])
    custom: dict[str, str | float | int | bool | None] = Field(
        description="Custom fields.", examples=[{"school": "Yale"}]
    )
    fields_of_people: list[str] = Field(
        description="Fields that a person gave in the portal. What is sent does not change them.", examples=[["firm"]]
    )
    may_be_called: bool = Field(
        description="Has a usable number, and is neither suppressed nor off-limits.", examples=[True]
    )
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, contact: Contact, *, may_be_called: bool) -> Self:
        given = bits_to_fields(contact.person_fields) & set(FIELDS)
        return cls(
            **{name: getattr(contact, name) for name in (*FIELDS, "id", "phone_e164", "custom", "created_at")},
            updated_at=contact.updated_at,
            fields_of_people=[name for name in FIELDS if name in given],
            may_be_called=may_be_called,
        )


class ContactQuery(PageQuery):
    q: Text | None = Field(None, description="Words of the name, firm, title, city and so on.")
    external_id: Text | None = None
    email: Text | None = None
    phone: Text | None = Field(None, description="In E.164, as in +12125550123.")
    updated_since: datetime | None = Field(None, description="Changed at this moment or later.")
    market: Id | None = Field(None, description="In the landscape of the market with this id.")
    state: Text | None = Field(None, description="member, called, reached or callable.")
    firm: Text | None = None
    seniority: Text | None = None
    city: Text | None = None
    tag: Id | None = None
    suppressed: bool | None = Field(None, description="true: only people who must not be called.")
    off_limits: bool | None = Field(None, description="true: only people who are off-limits.")
    wrong_phone: bool | None = Field(None, description="true: only people whose number is to be repaired.")


class ContactPage(Page):
    items: list[ContactOut]


class ContactIn(Schema):
    """What another system says of a person. A field that is missing, null or blank says nothing, and changes nothing.

    A value changes a field only if it differs from what was last sent for it, and if no person gave the field.
    """

    full_name: Text | None = Field(None, max_length=MOST_TYPED)
    first_name: Text | None = Field(None, max_length=MOST_TYPED)
    last_name: Text | None = Field(None, max_length=MOST_TYPED)
    email: Text | None = Field(None, max_length=MOST_TYPED)
    phone: Text | None = Field(None, max_length=MOST_TYPED)
    phone_extension: Text | None = Field(None, max_length=MOST_TYPED)
    firm: Text | None = Field(None, max_length=MOST_TYPED)
    title: Text | None = Field(None, max_length=MOST_TYPED)
    seniority: Text | None = Field(None, max_length=MOST_TYPED)
    city: Text | None = Field(None, max_length=MOST_TYPED)
    timezone: Text | None = Field(None, max_length=MOST_TYPED)
    profile_url: Text | None = Field(None, max_length=MOST_TYPED)
    do_not_call: bool | None = Field(None, description="true suppresses the person. Only people lift a suppression.")

    @property
    def typed(self) -> dict[str, str]:
        values = self.model_dump(exclude_none=True, exclude={"market", "campaign", "do_not_call"})
        return values | ({"do_not_call": "yes"} if self.do_not_call else {})


class PlacedContactIn(ContactIn):
    market: Id | None = Field(None, description="Also puts the person in the landscape of this market.")
    campaign: Id | None = Field(None, description="Also makes the person a member of this campaign of the market.")


class SentContactIn(ContactIn):
    external_id: Text = Field(min_length=1, max_length=MAX_LENGTHS["external_id"])


class ContactBatchIn(Schema):
    market: Id | None = Field(None, description="Also puts the people in the landscape of this market.")
    campaign: Id | None = Field(None, description="Also makes them members of this campaign of the market.")
    contacts: list[SentContactIn] = Field(min_length=1, max_length=MOST_SENT)


class NoteOut(Schema):
    """A value that is not what was sent: it cannot be read, or a person has corrected it."""

    kind: str = Field(description="left_out or disagreement.", examples=["disagreement"])
    field: str = Field(examples=["firm"])
    sent: str = Field(examples=["North LLP"])
    stored: str = Field(examples=["South LLP"])
    message: str

    @classmethod
    def of(cls, note: ImportNote) -> Self:
        message = note.message or "A person gave this field another value, which stays."
        return cls(kind=note.kind, field=note.field, sent=note.file_value, stored=note.stored_value, message=message)


class UpsertOut(Schema):
    outcome: str = Field(description="created, updated or unchanged.", examples=["updated"])
    notes: list[NoteOut]
    contact: ContactOut


class SentOut(Schema):
    external_id: str = Field(examples=["CRM-7"])
    outcome: str = Field(description="created, updated, unchanged or rejected.", examples=["created"])
    id: int | None = Field(description="The contact, unless it was rejected.", examples=[2001])
    code: str = Field(description="Why it was rejected.", examples=[""])
    message: str = Field(examples=[""])
    notes: list[NoteOut]


class SentPage(Schema):
    created: int = Field(examples=[1])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    rejected: int = Field(examples=[0])
    contacts: list[SentOut] = Field(description="In the order sent.")


@endpoint(router, "GET", "contacts", scope=Scope.CONTACTS_READ, answers=ContactPage)
def list_contacts(request: ApiRequest, query: Query[ContactQuery]) -> ContactPage:
    """Lists people.

    To fetch only what has changed, keep the time of the last run and send it as `updated_since`.
    """
    workspace = request.access.workspace
    exact = {"external_id": query.external_id, "email": query.email and query.email.lower(), "phone_e164": query.phone}
    rows = workspace.contacts.filter(**{name: value for name, value in exact.items() if value})
    if query.updated_since:
        rows = rows.filter(updated_at__gte=query.updated_since)
    own = {"cursor", "limit", "external_id", "email", "phone", "updated_since"}
    page, cursor = page_of(filtered(ContactFilter, rows, query.model_dump(exclude=own), workspace), query)
    return ContactPage(items=shown_contacts(workspace, page), next_cursor=cursor)


@endpoint(router, "GET", "contacts/{contact_id}", scope=Scope.CONTACTS_READ, answers=ContactOut)
def get_contact(request: ApiRequest, contact_id: Id) -> ContactOut:
    """Shows one person.

    The id of a merged contact shows the one that remains, which has another id.
    """
    workspace = request.access.workspace
    contact = workspace.contacts.filter(pk=contact_id).first()
    if contact is None:
        contact = get_object_or_404(workspace.contact_merges.select_related("contact"), merged_id=contact_id).contact
    return shown_contacts(workspace, [contact])[0]


@endpoint(
    router,
    "PUT",
    "contacts/by-external-id/{path:external_id}",
    scope=Scope.CONTACTS_WRITE,
    answers=UpsertOut,
    refusals=(409, 412),
    example={"full_name": "Ann Lee", "email": "ann@lee.example", "firm": "North LLP", "phone": "+1 212 555 0123"},
)
def put_contact(request: ApiRequest, external_id: Text, body: PlacedContactIn) -> HttpResponse:
    """Adds or changes the person with an external ID.

    The same rules hold as for imports: a person is found by external ID, email, profile URL, or number with name. Each
    request is kept as an import, which can be undone. With the header If-Match, nothing is done unless the person is
    still as in the response with that ETag; with If-None-Match: * nothing is done if the external ID is known. 409: it
    cannot be said whom you mean, as `code` and `detail` explain.
    """
    workspace = request.access.workspace
    market, campaign = _target(workspace, body.market, body.campaign)
    with transaction.atomic():
        _check_preconditions(request, workspace, external_id)
        (result,) = _sync(request, [{"external_id": external_id, **body.typed}], market, campaign)
    if result.contact is None:
        raise Problem(409, result.message, more={"code": result.code})
    (contact,) = shown_contacts(workspace, [workspace.contacts.get(pk=result.contact)])
    shown = UpsertOut(outcome=result.outcome, notes=[NoteOut.of(note) for note in result.notes], contact=contact)
    return json_response(shown, etag=etag_of(contact.model_dump_json()))


@endpoint(
    router,
    "POST",
    "contacts",
    scope=Scope.CONTACTS_WRITE,
    answers=SentPage,
    refusals=(409,),
    takes_key=True,
    example={
        "contacts": [
            {"external_id": "CRM-7", "full_name": "Ann Lee", "email": "ann@lee.example", "firm": "North LLP"},
            {"external_id": "CRM-8", "full_name": "Bo Diaz", "phone": "+1 212 555 0124"},
        ]
    },
)
def send_contacts(request: ApiRequest, body: ContactBatchIn) -> SentPage:
    """Adds or changes up to 500 people.

    Kept as one import, which can be undone. What is wrong with one person rejects only that person.
    """
    market, campaign = _target(request.access.workspace, body.market, body.campaign)
    rows = [{"external_id": sent.external_id, **sent.typed} for sent in body.contacts]
    results = _sync(request, rows, market, campaign)
    shown = [
        SentOut(
            external_id=sent.external_id,
            outcome=result.outcome,
            id=result.contact,
            code=result.code,
            message=result.message,
            notes=[NoteOut.of(note) for note in result.notes],
        )
        for sent, result in zip(body.contacts, results, strict=True)
    ]
    outcomes = [result.outcome for result in results]
    counts = {name: outcomes.count(name) for name in ("created", "updated", "unchanged", "rejected")}
    return SentPage(**counts, contacts=shown)


def shown_contacts(workspace: Workspace, contacts: list[Contact]) -> list[ContactOut]:
    listed: QuerySet[Contact] = workspace.contacts.filter(pk__in=[contact.pk for contact in contacts]).callable()
    callable_ids = set(listed.order_by().values_list("pk", flat=True))
    return [ContactOut.of(contact, may_be_called=contact.pk in callable_ids) for contact in contacts]


def _sync(
    request: ApiRequest, rows: list[dict[str, str]], market: Market | None, campaign: Campaign | None
) -> list[SyncResult]:
    try:
        return sync_contacts(token=request.auth, rows=rows, market=market, campaign=campaign)
    except CampaignClosed as closed:
        raise Problem(409, str(closed)) from None


def _target(
    workspace: Workspace, market_id: int | None, campaign_id: int | None
) -> tuple[Market | None, Campaign | None]:
    """Raises Problem unless they are of the workspace, and the campaign of the market."""
    market = workspace.markets.filter(pk=market_id).first() if market_id else None
    if market_id and market is None:
        raise invalid([("market", "There is no market with this id.")])
    campaigns = workspace.campaigns.select_related("market", "workspace")
    campaign = campaigns.filter(pk=campaign_id).first() if campaign_id else None
    if campaign_id and (campaign is None or (market and campaign.market_id != market.pk)):
        raise invalid([("campaign", "There is no campaign with this id in the market.")])
    return market or (campaign.market if campaign else None), campaign


def _check_preconditions(request: ApiRequest, workspace: Workspace, external_id: str) -> None:
    """Raises Problem 412 for the headers If-Match and If-None-Match. Locks the contact until the transaction ends."""
    expected, unexpected = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if expected is None and unexpected is None:
        return
    contact = workspace.contacts.select_for_update(of=("self",)).filter(external_id=external_id).first()
    etag = etag_of(shown_contacts(workspace, [contact])[0].model_dump_json()) if contact else ""
    if expected is not None and (not etag or (expected != "*" and etag not in expected)):
        raise Problem(412, "The person has changed since, or is not known. Read them again.")
    if unexpected is not None and etag and (unexpected == "*" or etag in unexpected):
        raise Problem(412, "The person with this external ID is known.")
