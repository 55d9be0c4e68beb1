from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience import Rule, RuleInvalid
from campaigns.filters import ProposedChangeFilter
from campaigns.forms.living import LivingForm
from campaigns.living import CannotLive, Decided, decide, open_changes, propose, set_living
from campaigns.living.proposals import LIVING_STATUSES
from campaigns.living.services import explain_unable, version_of
from campaigns.membership import CampaignClosed
from campaigns.models import Campaign
from campaigns.tables import ProposedChangeTable
from campaigns.views.members import selected_ids
from config.ui.formats import number
from config.ui.lists.tables import table_page
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page

BROKEN = _("This audience doesn't work any more, so nothing was changed.")
MAX_NAMED = 5
"""People named in a message."""


@workspace_page(Role.VIEWER)
def audience(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    """The living audience: its rule in sentences, and who waits to join and to leave."""
    campaign = _campaign(workspace, pk)
    can_decide = request.access.can_manage and not explain_unable(campaign)
    changes = open_changes(workspace).filter(proposal__campaign=campaign)
    return table_page(
        request,
        "campaigns/audience.html",
        table_class=ProposedChangeTable,
        filterset=ProposedChangeFilter(
            request.GET,
            changes.select_related("contact").order_by("change", "contact__full_name", "pk"),
            workspace=workspace,
        ),
        context={
            "section": "campaigns",
            "campaign": campaign,
            "unable": explain_unable(campaign),
            "is_proposing": campaign.is_living and campaign.status in LIVING_STATUSES,
            "proposal": campaign.audience_proposals.filter(superseded_at=None).first(),
            "form": LivingForm(campaign=campaign, initial={"seen": version_of(campaign)}) if can_decide else None,
            "can_decide": can_decide,
            **_rule_in_words(campaign),
        },
        workspace=workspace,
        can_manage=can_decide,
    )


def _campaign(workspace: Workspace, pk: int) -> Campaign:
    return get_object_or_404(workspace.campaigns.select_related("market", "workspace"), pk=pk)


def _rule_in_words(campaign: Campaign) -> dict[str, object]:
    """The sentences of the rule, or what is wrong with it."""
    if campaign.rule is None:
        return {}
    try:
        return {"rule": Rule.parse(campaign.rule, campaign.workspace).sentences(campaign.workspace)}
    except RuleInvalid as problem:
        return {"broken": problem.sentences}


@workspace_page(Role.MANAGER, "POST")
def audience_rule(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Turns the living audience on with a rule, or off."""
    campaign = _campaign(workspace, pk)
    form = LivingForm(request.POST, campaign=campaign)
    try:
        if not form.is_valid():
            raise CannotLive(gettext("Choose an audience from the list. Nothing was changed."))
        seen = form.cleaned_data["seen"]
        set_living(campaign=campaign, rule=form.rule, by=request.user, seen=seen, audience=form.audience)
        if campaign.is_living:
            messages.success(
                request,
                gettext("The living audience of %(campaign)s is on. Nobody joins or leaves by itself.")
                % {"campaign": campaign},
            )
            propose(campaign)
        else:
            messages.success(
                request,
                gettext("The living audience of %(campaign)s is off. Its people stay.") % {"campaign": campaign},
            )
    except CannotLive as problem:
        messages.error(request, str(problem))
    except RuleInvalid as problem:
        messages.error(request, f"{BROKEN} {problem}")
    return redirect("campaigns:audience", workspace.slug, pk)


@workspace_page(Role.MANAGER, "POST")
def audience_check(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Proposes now instead of at night."""
    campaign = _campaign(workspace, pk)
    try:
        if propose(campaign) if campaign.is_living else None:
            messages.success(request, gettext("Checked just now. Below is who should join and leave."))
        else:
            messages.error(
                request,
                gettext("Nothing to check: %(campaign)s proposes nobody while it is like this.")
                % {"campaign": campaign},
            )
    except RuleInvalid as problem:
        messages.error(request, f"{BROKEN} {problem}")
    return redirect("campaigns:audience", workspace.slug, pk)


@workspace_page(Role.MANAGER, "POST")
def audience_decide(request: WorkspaceRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Accepts or refuses the ticked changes, or all that the filter shows."""
    campaign = _campaign(workspace, pk)
    chosen = selected_ids(request)
    if "everybody" in request.POST:
        changes = open_changes(workspace).filter(proposal__campaign=campaign)
        filterset = ProposedChangeFilter(request.GET, changes, workspace=workspace)
        chosen = list(filterset.qs.values_list("contact", flat=True)) if filterset.is_valid() else []
    accept = "refuse" not in (request.POST.get("decision"), request.POST.get("everybody"))
    try:
        decided = decide(campaign=campaign, contacts=chosen, accept=accept, by=request.user)
        messages.success(request, _in_words(decided, campaign))
    except CampaignClosed as closed:
        messages.error(request, str(closed))
    except RuleInvalid as problem:
        messages.error(request, f"{BROKEN} {problem}")
    return redirect("campaigns:audience", workspace.slug, pk)


def _in_words(decided: Decided, campaign: Campaign) -> str:
    if decided.is_nothing:
        return gettext("Nobody was chosen, or somebody else has decided already. Nothing was changed.")
    done = [
        words % {"count": number(count), "campaign": campaign}
        for count, words in (
            (
                decided.joined,
                ngettext(
                    "%(count)s person joined %(campaign)s", "%(count)s people joined %(campaign)s", decided.joined
                ),
            ),
            (
                decided.left,
                ngettext("%(count)s person left %(campaign)s", "%(count)s people left %(campaign)s", decided.left),
            ),
            (
                decided.refused,
                ngettext(
                    "%(count)s person refused; they are not proposed again while nothing changes",
                    "%(count)s people refused; they are not proposed again while nothing changes",
                    decided.refused,
                ),
            ),
        )
        if count
    ]
    sentence = f"{', '.join(done)}." if done else gettext("Nothing was changed.")
    if decided.skipped:
        named = [f"{name} {why}" for name, why in decided.skipped[:MAX_NAMED]]
        others = len(decided.skipped) - len(named)
        if others:
            named.append(gettext("and %(count)s more") % {"count": number(others)})
        sentence += " " + gettext("Skipped: %(names)s.") % {"names": "; ".join(named)}
    return sentence
