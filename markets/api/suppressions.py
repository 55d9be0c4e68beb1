"""The do-not-call list: read and added to. Only people lift a suppression."""

from datetime import datetime
from typing import Self

from ninja import Query, Router, Schema
from pydantic import Field

from config.ui.forms import save_or_add_error
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.responses import invalid
from markets.api.tokens import ApiRequest
from markets.filters import SuppressionFilter
from markets.forms import SuppressionForm
from markets.models import Scope, Suppression, Workspace
from markets.suppressions.services import suppress

router = Router(tags=["Do-not-call list"])


class SuppressionOut(Schema):
    id: int = Field(examples=[12])
    contact: int | None = Field(description="The id of the person, if it is for one.", examples=[2001])
    phone_e164: str = Field(examples=["+12125550123"])
    email: str = Field(examples=["ann@lee.example"])
    phone_prefix: str = Field(description="All numbers that begin so.", examples=[""])
    email_domain: str = Field(description="All addresses there.", examples=[""])
    reason: str = Field(examples=["Asked for it"])
    created_at: datetime
    lifted_at: datetime | None

    @classmethod
    def of(cls, suppression: Suppression) -> Self:
        names = ("id", "phone_e164", "email", "phone_prefix", "email_domain", "reason", "created_at", "lifted_at")
        return cls(**{name: getattr(suppression, name) for name in names}, contact=suppression.contact_id)


class SuppressionQuery(PageQuery):
    q: Text | None = Field(None, description="Words of the person, the number, the address or the reason.")
    state: Text | None = Field(None, description="open or lifted.")
    rule: Id | None = Field(None, description="The people whom this prefix or domain covers.")


class SuppressionPage(Page):
    items: list[SuppressionOut]


class SuppressionIn(Schema):
    """Who must not be called: a person, or a number or an address of anybody."""

    contact: Id | None = Field(None, description="The id of a person, with their number and address.")
    phone: Text = Field("", max_length=60, description="Or all numbers that begin so: +1212555*")
    email: Text = Field("", max_length=254, description="Or everybody with an address there: @example.com")
    reason: Text = Field(min_length=1, max_length=500)


@endpoint(router, "GET", "suppressions", scope=Scope.SUPPRESSIONS_READ, answers=SuppressionPage)
def list_suppressions(request: ApiRequest, query: Query[SuppressionQuery]) -> SuppressionPage:
    """Lists the do-not-call list."""
    workspace = request.access.workspace
    page, cursor = page_of(filtered(SuppressionFilter, workspace.suppressions.all(), query.filters, workspace), query)
    return SuppressionPage(items=[SuppressionOut.of(each) for each in page], next_cursor=cursor)


@endpoint(
    router,
    "POST",
    "suppressions",
    scope=Scope.SUPPRESSIONS_WRITE,
    answers=SuppressionOut,
    status=201,
    takes_key=True,
    example={"phone": "+1 212 555 0177", "reason": "Asked for it by email"},
)
def add_suppression(request: ApiRequest, body: SuppressionIn) -> SuppressionOut:
    """Adds to the do-not-call list.

    Nobody is called from the next moment on, in any campaign.
    """
    workspace = request.access.workspace
    if body.contact and (body.phone or body.email):
        raise invalid([("contact", "Send either a person, or a number or an address.")])
    made = _of_person(workspace, body.contact, body.reason) if body.contact else _of_key(workspace, body)
    return SuppressionOut.of(made)


def _of_key(workspace: Workspace, body: SuppressionIn) -> Suppression:
    form = SuppressionForm(body.model_dump(include={"phone", "email", "reason"}), workspace=workspace)
    if not (form.is_valid() and save_or_add_error(form)):
        raise invalid(
            (name.replace("__all__", "body"), " ".join(map(str, errors))) for name, errors in form.errors.items()
        )
    suppression: Suppression = form.instance
    return suppression


def _of_person(workspace: Workspace, contact_id: int, reason: str) -> Suppression:
    contact = workspace.contacts.filter(pk=contact_id).first()
    if contact is None:
        raise invalid([("contact", "There is no person with this id.")])
    return suppress(contact=contact, by=None, reason=reason)
