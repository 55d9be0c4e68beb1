"""What a step of a campaign's life will do, before it is taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from calls.callbacks.owed import promised_in
from campaigns.lifecycle.transitions import TRANSITIONS, Transition
from campaigns.models import Campaign, CampaignContact, Status
from markets.models import Workspace


@dataclass(frozen=True)
class Foresight:
    """Of one campaign: the step, or None if it is not possible, and whom it concerns."""

    campaign: Campaign
    to: Status
    step: Transition | None
    callable: int
    """People who can be called: they join the queue, or leave it."""
    people: int
    callbacks: int
    """Open callbacks to people who can be called."""
    on_screen: int
    """People whom callers have on the screen now."""
    uncalled: int

    @property
    def stops(self) -> bool:
        return self.to in (Status.PAUSED, Status.COMPLETED)

    @property
    def needs_reason(self) -> bool:
        return bool(self.step and (self.step.needs_reason or (self.step.reason_unless_covered and self.uncalled)))

    @property
    def why_not(self) -> str:
        """Why the step is impossible, or an empty string if it is allowed."""
        status = Status(self.campaign.status)
        if self.step is None:
            if status == Status.COMPLETED:
                text = _("%(campaign)s is %(status)s; Completed is final.")
            else:
                text = _("%(campaign)s is %(status)s; it can become %(options)s.")
            options = _(" or ").join(str(each.to.label) for each in TRANSITIONS[status])
            return text % {"campaign": self.campaign, "status": status.label, "options": options}
        if status == Status.DRAFT and self.to == Status.ACTIVE and not self.callable:
            text = _("%(campaign)s has nobody who can be called. Choose people first.")
            return text % {"campaign": self.campaign}
        return ""


def foresee(workspace: Workspace, campaigns: Sequence[Campaign], to: Status, moment: datetime) -> list[Foresight]:
    """For each campaign, in three statements for any number of them."""
    ids = [campaign.pk for campaign in campaigns]
    members = CampaignContact.objects.filter(workspace=workspace, campaign__in=ids)
    counts: dict[int, dict[str, Any]] = {
        row["campaign"]: dict(row)
        for row in members.current()
        .order_by()
        .values("campaign")
        .annotate(
            people=Count("pk"),
            uncalled=Count("pk", filter=Q(attempt_count=0)),
            on_screen=Count("pk", filter=Q(leased_until__gt=moment, leased_by__isnull=False)),
        )
    }
    can_be_called = _by_campaign(members.callable())
    callbacks = _by_campaign(promised_in(ids, workspace))
    nobody = {"people": 0, "uncalled": 0, "on_screen": 0}
    return [
        Foresight(
            campaign=campaign,
            to=to,
            step=next((step for step in TRANSITIONS[campaign.status] if step.to == to), None),
            callable=can_be_called.get(campaign.pk, 0),
            callbacks=callbacks.get(campaign.pk, 0),
            **{name: counts.get(campaign.pk, nobody)[name] for name in nobody},
        )
        for campaign in campaigns
    ]


def _by_campaign(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("campaign").annotate(n=Count("pk")))


@dataclass(frozen=True)
class Sum:
    """The sum of what a step does to several campaigns."""

    campaigns: int
    callable: int
    callbacks: int
    on_screen: int
    needs_reason: bool

    @classmethod
    def of(cls, rows: Collection[Foresight]) -> "Sum":
        possible = [row for row in rows if not row.why_not]
        return cls(
            campaigns=len(possible),
            callable=sum(row.callable for row in possible),
            callbacks=sum(row.callbacks for row in possible),
            on_screen=sum(row.on_screen for row in possible),
            needs_reason=any(row.needs_reason for row in possible),
        )
