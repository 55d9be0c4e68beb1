"""People whom another system adds or changes, whose word counts as product.md says in section 8."""

from typing import Annotated, Self

from django.db import transaction
from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from campaigns.contact_sync import SentPerson, SyncResult, sync_contacts, unusable_names
from campaigns.membership import CampaignClosed
from campaigns.models import Campaign
from config.ui.api import Problem
from markets.api.contacts import ContactOut, shown_contacts
from markets.api.contacts import router as reading
from markets.api.endpoints import endpoint, json_response
from markets.api.paging import Id, Text
from markets.api.responses import check_unchanged, etag_of, invalid, matches
from markets.api.tokens import ApiRequest
from markets.contacts.normalization import MAX_LENGTHS
from markets.models import ImportNote, Market, Scope, Workspace
from markets.models.custom_fields import MAX_CUSTOM_FIELDS

router: Router = reading
"""The same one: an address has one router, whatever the method."""
MOST_SENT = 500
MOST_TYPED = 1000
"""Characters of a value as it is sent. What is kept of it is less: the rest is reported as left out."""
CustomName = Annotated[Text, Field(min_length=1, max_length=120)]
CustomValue = Annotated[Text, Field(max_length=MOST_TYPED)] | Annotated[float, Field(allow_inf_nan=False)] | int | bool


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
    custom: dict[CustomName, CustomValue | None] = Field(
        {},
        max_length=MAX_CUSTOM_FIELDS,
        description="Custom fields by name or key. A new name makes a new field, as a column of a file does.",
        examples=[{"school": "Yale"}],
    )

    @property
    def typed(self) -> dict[str, str]:
        values = self.model_dump(exclude_none=True, exclude={"market", "campaign", "do_not_call", "custom"})
        return values | ({"do_not_call": "yes"} if self.do_not_call else {})

    @property
    def typed_custom(self) -> dict[str, str]:
        words = {True: "yes", False: "no"}
        given = {name: value for name, value in self.custom.items() if value is not None}
        return {name: words[value] if isinstance(value, bool) else str(value) for name, value in given.items()}


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


@endpoint(
    router,
    "PUT",
    "contacts/by-external-id/{path:external_id}",
    scope=Scope.CONTACTS_WRITE,
    answers=UpsertOut,
    refusals=(409, 412),
    takes_etag=True,
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
        sent = SentPerson({"external_id": external_id, **body.typed}, body.typed_custom)
        (result,) = _sync(request, [sent], market, campaign)
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
            {"external_id": "CRM-7", "full_name": "Ann Lee", "firm": "North LLP", "custom": {"School": "Yale"}},
            {"external_id": "CRM-8", "full_name": "Bo Diaz", "phone": "+1 212 555 0124"},
        ]
    },
)
def send_contacts(request: ApiRequest, body: ContactBatchIn) -> SentPage:
    """Adds or changes up to 500 people.

    Kept as one import, which can be undone. What is wrong with one person rejects only that person.
    """
    market, campaign = _target(request.access.workspace, body.market, body.campaign)
    people = [SentPerson({"external_id": sent.external_id, **sent.typed}, sent.typed_custom) for sent in body.contacts]
    results = _sync(request, people, market, campaign)
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


def _sync(
    request: ApiRequest, people: list[SentPerson], market: Market | None, campaign: Campaign | None
) -> list[SyncResult]:
    if unusable := unusable_names(people):
        raise invalid((f"custom.{name}", why) for name, why in unusable.items())
    try:
        return sync_contacts(token=request.auth, people=people, market=market, campaign=campaign)
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
    """Raises Problem 412 for the headers If-Match and If-None-Match. Locks the contact, or the token where nobody may
    have the external ID yet, until the transaction ends."""
    unexpected = request.headers.get("If-None-Match")
    if unexpected is None and "If-Match" not in request.headers:
        return
    if unexpected is not None:
        workspace.api_tokens.select_for_update(no_key=True).get(pk=request.auth.pk)
    contact = workspace.contacts.select_for_update(of=("self",)).filter(external_id=external_id).first()
    shown = shown_contacts(workspace, [contact])[0] if contact else None
    check_unchanged(request, shown)
    if unexpected is not None and shown and matches(unexpected, etag_of(shown.model_dump_json())):
        raise Problem(412, "The person with this external ID is known.")
