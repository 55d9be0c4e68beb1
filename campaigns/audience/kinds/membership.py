from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience.condition import Condition, Scope, has
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import any_of
from campaigns.models import Campaign, CampaignContact, Status

RUNNING = (Status.ACTIVE, Status.PAUSED)
"""A paused campaign still has its people: it can be resumed at any time."""
OF = ("campaigns", "running", "any")


@dataclass(frozen=True)
class InCampaign(Condition):
    """A member, not removed, of one of some campaigns, of a running one, or of any."""

    kind: ClassVar[str] = "member"
    label: ClassVar[str | Promise] = _("Member")

    of: str
    campaigns: tuple[int, ...] = ()

    @classmethod
    def read(cls, given: Parameters) -> Self:
        of = given.choice("of", OF)
        campaigns = given.campaigns(needed=of == "campaigns")
        if of != "campaigns" and campaigns:
            given.refuse(gettext("“%(of)s” names no campaigns. Remove them, or choose “campaigns”.") % {"of": of})
        return cls(of, campaigns)

    def sentences(self, names: Names) -> tuple[str, str]:
        match self.of:
            case "running":
                return gettext("In a running campaign"), gettext("Not in a running campaign")
            case "any":
                return gettext("In a campaign"), gettext("Not in any campaign")
        words = {"campaigns": any_of(names.campaigns[pk] for pk in self.campaigns)}
        return gettext("In %(campaigns)s") % words, gettext("Not in %(campaigns)s") % words

    def matches(self, scope: Scope) -> Q:
        return has(self._members(scope))

    def _members(self, scope: Scope) -> Any:
        members = scope.rows(CampaignContact).current()
        match self.of:
            case "running":
                running = scope.rows(Campaign).filter(status__in=RUNNING).order_by().values_list("pk", flat=True)
                # PostgreSQL takes a status of a past day for rare, and would compare each person with each member.
                return members.filter(campaign__in=list(running) if scope.day else running)
            case "campaigns":
                return members.filter(campaign__in=self.campaigns)
        return members

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        members = self._members(scope).filter(contact__in=contacts).order_by("added_at", "pk")
        return {
            contact: gettext("In %(campaign)s since %(day)s")
            % {"campaign": scope.names.campaigns[campaign], "day": scope.day_text(added)}
            for contact, campaign, added in members.values_list("contact", "campaign", "added_at")
        }
