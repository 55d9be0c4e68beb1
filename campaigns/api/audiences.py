"""Saved audiences, and the people whom they find."""

from datetime import datetime
from typing import Self

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from campaigns.audience.filters import AudienceListFilter
from campaigns.models import Audience
from markets.api.contacts import ContactPage, shown_contacts
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.tokens import ApiRequest
from markets.filters import ContactFilter
from markets.models import Scope

router = Router(tags=["Audiences"])


class AudienceOut(Schema):
    """A saved rule over people."""

    id: int = Field(examples=[5])
    name: str = Field(examples=["Partners in New York"])
    rule: dict[str, object] = Field(
        examples=[{"version": 1, "match": "all", "conditions": [{"kind": "search", "text": "partner"}]}]
    )
    updated_at: datetime

    @classmethod
    def of(cls, audience: Audience) -> Self:
        return cls(**{name: getattr(audience, name) for name in ("id", "name", "rule", "updated_at")})


class AudienceQuery(PageQuery):
    q: Text | None = Field(None, description="Part of the name.")


class AudiencePage(Page):
    items: list[AudienceOut]


@endpoint(router, "GET", "audiences", scope=Scope.AUDIENCES_READ, answers=AudiencePage)
def list_audiences(request: ApiRequest, query: Query[AudienceQuery]) -> AudiencePage:
    """Lists audiences."""
    workspace = request.access.workspace
    page, cursor = page_of(filtered(AudienceListFilter, workspace.audiences.all(), {"q": query.q}, workspace), query)
    return AudiencePage(items=[AudienceOut.of(audience) for audience in page], next_cursor=cursor)


@endpoint(router, "GET", "audiences/{audience_id}/contacts", scope=Scope.AUDIENCES_READ, answers=ContactPage)
def run_audience(request: ApiRequest, audience_id: Id, query: Query[PageQuery]) -> ContactPage:
    """Lists the people whom an audience finds now.

    422: something that its rule names is gone.
    """
    workspace = request.access.workspace
    audience = get_object_or_404(workspace.audiences, pk=audience_id)
    people = filtered(ContactFilter, workspace.contacts.all(), {"audience": audience.pk}, workspace)
    page, cursor = page_of(people, query)
    return ContactPage(items=shown_contacts(workspace, page), next_cursor=cursor)
