"""The people of a campaign: listed, added and removed by the rules of the pages."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Annotated, Self

from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from campaigns.bulk.members import add_people, remove_people
from campaigns.filters import MemberFilter
from campaigns.membership import CampaignClosed
from campaigns.models import BulkAction, Campaign, CampaignContact
from config.ui.api import Problem
from markets.api.endpoints import endpoint
from markets.api.paging import Id, Page, PageQuery, Text, filtered, page_of
from markets.api.tokens import ApiRequest
from markets.models import Scope, Workspace

router = Router(tags=["Campaigns"])
MOST_SENT = 500
Contacts = Annotated[
    list[Id], Field(min_length=1, max_length=MOST_SENT, description="The ids of people.", examples=[[2001, 2002]])
]


class MemberOut(Schema):
    """A person in a campaign."""

    contact: int = Field(description="The id of the person.", examples=[2001])
    external_id: str = Field(examples=["CRM-7"])
    full_name: str = Field(examples=["Ann Lee"])
    added_at: datetime
    removed_at: datetime | None
    attempts: int = Field(description="Counted calls.", examples=[3])
    conversations: int = Field(examples=[1])
    last_call_at: datetime | None
    last_disposition: str = Field(examples=["callback_requested"])
    callback_due_at: datetime | None

    @classmethod
    def of(cls, member: CampaignContact) -> Self:
        names = ("added_at", "removed_at", "last_call_at", "last_disposition", "callback_due_at")
        return cls(
            **{name: getattr(member, name) for name in names},
            contact=member.contact_id,
            external_id=member.contact.external_id,
            full_name=member.contact.full_name,
            attempts=member.attempt_count,
            conversations=member.conversation_count,
        )


class MemberQuery(PageQuery):
    q: Text | None = Field(None, description="Words of the person.")
    state: Text | None = Field(
        None, description="member, called, reached, callable, uncalled, first or removed. Without it: member."
    )
    tag: Id | None = None
    as_of: date | None = Field(None, description="A past day: members and their calls as they were known at its end.")


class MemberPage(Page):
    items: list[MemberOut]


class AddIn(Schema):
    contacts: Contacts


class RemoveIn(Schema):
    contacts: Contacts
    reason: Text = Field(min_length=1, max_length=500, pattern=r"\S", examples=["Asked to be left out"])


class ChangedOut(Schema):
    """Whom a request added or removed. A manager can undo it for 30 days."""

    contacts: list[int] = Field(description="The ids of the people who were added or removed.", examples=[[2001]])
    skipped: dict[str, int] = Field(
        description="How many others, by reason: unknown, outside_market, member, suppressed, off_limits, no_member.",
        examples=[{"suppressed": 1}],
    )


@endpoint(router, "GET", "campaigns/{campaign_id}/members", scope=Scope.CAMPAIGNS_READ, answers=MemberPage)
def list_members(request: ApiRequest, campaign_id: Id, query: Query[MemberQuery]) -> MemberPage:
    """Lists the people of a campaign."""
    workspace = request.access.workspace
    campaign = get_object_or_404(workspace.campaigns, pk=campaign_id)
    members = campaign.members.filter(workspace=workspace).select_related("contact")
    page, cursor = page_of(filtered(MemberFilter, members, query.filters, workspace), query)
    return MemberPage(items=[MemberOut.of(member) for member in page], next_cursor=cursor)


@endpoint(
    router,
    "POST",
    "campaigns/{campaign_id}/members",
    scope=Scope.CAMPAIGNS_WRITE,
    answers=ChangedOut,
    refusals=(409,),
    takes_key=True,
    example={"contacts": [2001, 2002]},
)
def add_members(request: ApiRequest, campaign_id: Id, body: AddIn) -> ChangedOut:
    """Adds people to a campaign.

    They must be in its market. Whoever is on the do-not-call list or off-limits is skipped. 409: the campaign is
    completed, and keeps its people.
    """
    campaign = _campaign(request.access.workspace, campaign_id)
    return _changed(campaign, body.contacts, lambda people: add_people(campaign=campaign, contacts=people, by=None))


@endpoint(
    router,
    "POST",
    "campaigns/{campaign_id}/members/removals",
    scope=Scope.CAMPAIGNS_WRITE,
    answers=ChangedOut,
    refusals=(409,),
    takes_key=True,
    example={"contacts": [2001], "reason": "Asked to be left out"},
)
def remove_members(request: ApiRequest, campaign_id: Id, body: RemoveIn) -> ChangedOut:
    """Removes people from a campaign.

    Their calls and signals stay. 409: the campaign is completed, and keeps its people.
    """
    campaign = _campaign(request.access.workspace, campaign_id)
    return _changed(
        campaign,
        body.contacts,
        lambda people: remove_people(campaign=campaign, contacts=people, by=None, reason=body.reason),
    )


def _campaign(workspace: Workspace, campaign_id: int) -> Campaign:
    campaign: Campaign = get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=campaign_id)
    return campaign


@transaction.atomic
def _changed(campaign: Campaign, sent: Collection[int], act: Callable[[Collection[int]], BulkAction]) -> ChangedOut:
    people = set(campaign.workspace.contacts.filter(pk__in=sent).values_list("pk", flat=True))
    unknown = len(set(sent) - people)
    try:
        action = act(people)
    except CampaignClosed as closed:
        raise Problem(409, str(closed)) from None
    changed = action.people.order_by("contact").values_list("contact", flat=True) if action.pk else ()
    return ChangedOut(contacts=list(changed), skipped={**({"unknown": unknown} if unknown else {}), **action.skipped})
