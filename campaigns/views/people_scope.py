"""Among whom a rule is tried: all people, a market's landscape, or those who can be added to a campaign."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.audience import count_people
from campaigns.audience.filters import MAX_QUERY, filter_by
from campaigns.forms.rules.editor import RuleEditor
from campaigns.membership import landscape_of, not_member_of
from campaigns.models import Campaign
from config.ui.forms import as_id
from markets.models import Contact, Market, Workspace
from markets.workspaces.access import WorkspaceRequest


@dataclass(frozen=True)
class PeopleScope:
    workspace: Workspace
    market: Market | None = None
    campaign: Campaign | None = None

    @classmethod
    def of_request(cls, request: WorkspaceRequest, workspace: Workspace) -> "PeopleScope":
        """`?in_campaign=` or `?in_market=`; those of other workspaces do not exist."""
        campaign, market = request.GET.get("in_campaign"), request.GET.get("in_market")
        if campaign:
            campaigns = workspace.campaigns.select_related("market")
            return cls(workspace, campaign=get_object_or_404(campaigns, pk=as_id(campaign)))
        if market:
            return cls(workspace, market=get_object_or_404(workspace.markets, pk=as_id(market)))
        return cls(workspace)

    @property
    def query(self) -> str:
        if self.campaign:
            return f"in_campaign={self.campaign.pk}"
        return f"in_market={self.market.pk}" if self.market else ""

    @property
    def label(self) -> str:
        if self.campaign:
            return _("in %(market)s, without those in %(campaign)s already") % {
                "market": self.campaign.market,
                "campaign": self.campaign,
            }
        return (
            _("in the landscape of %(market)s") % {"market": self.market}
            if self.market
            else _("in the whole workspace")
        )

    @property
    def list_url(self) -> str:
        slug = self.workspace.slug
        if self.campaign:
            return reverse("campaigns:choose", args=[slug, self.campaign.pk])
        return (
            reverse("markets:landscape", args=[slug, self.market.pk])
            if self.market
            else reverse("contacts:list", args=[slug])
        )

    def people(self) -> QuerySet[Contact]:
        if self.campaign:
            return landscape_of(self.campaign).filter(not_member_of(self.campaign))
        people = self.workspace.contacts.all()
        return people.in_market(self.market) if self.market else people

    def count(self, editor: RuleEditor) -> int | None:
        """The people whom the finished conditions find; None if the rule is invalid or has none."""
        if editor.rule is None:
            return None
        return count_people(self.people().filter(editor.rule.condition(self.workspace)))

    def url_of(self, editor: RuleEditor) -> str:
        """The list of those people; empty if there is no rule, or if it is too long for an address."""
        if editor.rule is None:
            return ""
        query = urlencode(filter_by(editor.rule.as_json()))
        return f"{self.list_url}?{query}" if len(query) <= MAX_QUERY else ""
