"""People, as the pages list them. Those that another system sends are in `sent_contacts.py`."""

from datetime import datetime
from typing import Self

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.tokens import ApiRequest
from markets.contacts.changes import bits_to_fields
from markets.contacts.normalization import FIELDS
from markets.filters import ContactFilter
from markets.models import Contact, Scope, Workspace

router = Router(tags=["Contacts"])


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


@endpoint(router, "GET", "contacts", scope=Scope.CONTACTS_READ, answers=ContactPage)
def list_contacts(request: ApiRequest, query: Query[ContactQuery]) -> ContactPage:
    """Lists people.

    To fetch only what has changed, keep the time at which the last run began, and send it as `updated_since`, less five
    minutes: a change shows once it is stored, which takes a while for the rows of a large file.
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


def shown_contacts(workspace: Workspace, contacts: list[Contact]) -> list[ContactOut]:
    listed: QuerySet[Contact] = workspace.contacts.filter(pk__in=[contact.pk for contact in contacts]).callable()
    callable_ids = set(listed.order_by().values_list("pk", flat=True))
    return [ContactOut.of(contact, may_be_called=contact.pk in callable_ids) for contact in contacts]
