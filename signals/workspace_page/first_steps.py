"""The steps that lead a new workspace to its first call. Their state is read from the data, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import CampaignContact, Status
from config.db.compiled import CompiledQuery
from config.db.expressions import RowCount
from markets.models import Membership, Role, User, Workspace
from signals.wording import within_sentence


@dataclass(frozen=True)
class Step:
    """One thing to do, what it is good for, and the button that leads to it. `href` is empty until it can be done."""

    key: str
    title: str
    benefit: str
    button: str
    href: str
    is_done: bool


@dataclass(frozen=True)
class FirstSteps:
    steps: Sequence[Step]
    has_people: bool
    """Whether people or campaigns exist: sample data is offered before."""

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The first step that is not done and can be."""
        return next((step for step in self.steps if not step.is_done and step.href), None)


@dataclass(frozen=True)
class Progress:
    """The first row of each kind in a workspace, by its ID. The campaigns are not completed; `filled` has people."""

    market: int | None
    person: int | None
    campaign: int | None
    open: int | None
    filled: int | None
    active: int | None
    call: int | None
    team: int
    """Members and people invited."""

    @property
    def is_complete(self) -> bool:
        return all([self.market, self.person, self.campaign, self.call, self.team > 1])


def progress_of(workspace: Workspace) -> Progress:
    return Progress(**{name.removesuffix("_"): value for name, value in _progress.get(workspace.pk).items()})


@CompiledQuery
def _progress(workspace_id: int) -> QuerySet[Workspace, Any]:
    """Finds the first rows by the index on workspace and ID, however many there are. See `_navigation_counts`."""
    workspace = Workspace(pk=workspace_id)

    def first(rows: QuerySet[Any, Any]) -> Subquery:
        return Subquery(rows.order_by("pk").values("pk")[:1])

    unfinished = workspace.campaigns.exclude(status=Status.COMPLETED)
    members = CampaignContact.objects.filter(workspace=workspace_id, campaign=OuterRef("pk"), removed_at=None)
    people = RowCount(workspace.memberships.all()) + RowCount(workspace.invitations.filter(revoked_at=None))
    return Workspace.objects.filter(pk=workspace_id).values(
        market_=first(workspace.markets.all()),
        person_=first(workspace.contacts.all()),
        campaign_=first(workspace.campaigns.all()),
        open_=first(unfinished),
        filled_=first(unfinished.filter(Exists(members))),
        active_=first(workspace.campaigns.active()),
        call_=first(workspace.calls.all()),
        team_=people,
    )


def first_steps(workspace: Workspace, progress: Progress) -> FirstSteps:
    slug = workspace.slug
    in_market = {"market": progress.market} if progress.market else {}
    button, href = _to_first_call(slug, progress)
    return FirstSteps(
        [
            Step(
                "market",
                _("Create a market"),
                _("A practice area in a place, such as M&A in New York. Every number is counted by market."),
                _("New market"),
                reverse("markets:create", args=[slug]),
                progress.market is not None,
            ),
            Step(
                "people",
                _("Import people"),
                _("Upload a list from any program. Each person is kept once, however often they are listed."),
                _("Import people"),
                reverse("imports:create", args=[slug], query={"kind": "people", **in_market}),
                progress.person is not None,
            ),
            Step(
                "campaign",
                _("Create a campaign"),
                _("It says who is called, by whom and how often. Callers get its people one by one."),
                _("New campaign"),
                reverse("campaigns:create", args=[slug], query=in_market) if progress.market else "",
                progress.campaign is not None,
            ),
            Step(
                "team",
                _("Invite the team"),
                _("Callers log calls, viewers read the numbers, managers set up markets."),
                _("Invite someone"),
                reverse("team", args=[slug]),
                progress.team > 1,
            ),
            Step(
                "call",
                _("Log the first call"),
                _("From it on, the overview shows connection rates, meetings and signals."),
                button,
                href,
                progress.call is not None,
            ),
        ],
        has_people=bool(progress.person or progress.campaign),
    )


def _to_first_call(slug: str, progress: Progress) -> tuple[str, str]:
    """What is next on the way to a call, and where: people are chosen, their campaign is activated, then called."""
    if progress.active:
        return _("Start calling"), reverse("campaigns:next", args=[slug, progress.active])
    if progress.filled:
        query = {"to": Status.ACTIVE.value}
        return _("Activate campaign"), reverse("campaigns:status", args=[slug, progress.filled], query=query)
    if progress.open:
        return _("Choose people"), reverse("campaigns:choose", args=[slug, progress.open])
    if progress.campaign:
        return _("New campaign"), reverse("campaigns:create", args=[slug])
    return _("Start calling"), ""


def guide(workspace: Workspace, *, can_manage: bool) -> dict[str, object]:
    """What a page shows of the first steps: `first_steps` to managers until all are done or a manager hides them,
    `prepared_by` to others until the first call. `has_calls` is whether there is anything to count."""
    progress = progress_of(workspace)
    has_calls = progress.call is not None
    shows_steps = can_manage and not progress.is_complete and workspace.first_steps_hidden_at is None
    return {
        "has_calls": has_calls,
        "first_steps": first_steps(workspace, progress) if shows_steps else None,
        "prepared_by": managers_of(workspace) if not (can_manage or has_calls) else None,
    }


def next_step(workspace: Workspace) -> str:
    """The end of a confirmation that names the next of the first steps; empty once they are done or hidden."""
    progress = progress_of(workspace)
    if progress.is_complete or workspace.first_steps_hidden_at:
        return ""
    step = first_steps(workspace, progress).next
    return " " + _("Next: %(step)s.") % {"step": within_sentence(step.title)} if step else ""


def managers_of(workspace: Workspace) -> list[User]:
    """Some of those who can prepare a workspace, for those who cannot."""
    managers = Membership.objects.filter(workspace=workspace, role=Role.MANAGER, user__is_active=True)
    return [each.user for each in managers.select_related("user").order_by("pk")[:3]]
