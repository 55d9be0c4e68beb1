"""The bulk actions as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.bulk import forms
from campaigns.bulk.selection import PeopleList
from markets.workspaces.access import Access


@dataclass(frozen=True)
class ActionKind:
    """`heading` is the title of its page, and `consequence` what the page says that it does."""

    name: str
    label: Promise
    heading: Promise
    consequence: Promise
    form: type[forms.BulkForm]
    for_managers: bool = False
    of_members: bool = False
    """Only for the people of a campaign, while it is not Completed."""
    is_grave: bool = False
    is_undone_by_callers: bool = False
    """Callers undo it if they did it themselves."""

    @property
    def url_name(self) -> str:
        return f"selection:{self.name}"

    def is_offered(self, access: Access, people: PeopleList) -> bool:
        if self.for_managers and not access.can_manage:
            return False
        return not self.of_members or bool(people.campaign and not people.campaign.is_completed)


KINDS: Mapping[str, ActionKind] = {
    kind.name: kind
    for kind in (
        ActionKind(
            "add",
            _("Add to campaign"),
            _("Add people to a campaign"),
            _(
                "They can be called in the campaign as soon as it is active. People outside its market, in it already, "
                "on the do-not-call list or off-limits are skipped."
            ),
            forms.AddForm,
            for_managers=True,
        ),
        ActionKind(
            "assign",
            _("Assign"),
            _("Assign people to a caller"),
            _("Only this caller is offered these people. A person who is open on a call screen stays there."),
            forms.AssignPeopleForm,
            for_managers=True,
            of_members=True,
        ),
        ActionKind(
            "tag",
            _("Tag"),
            _("Tag people"),
            _("People who have the tag are skipped."),
            forms.TagForm,
            is_undone_by_callers=True,
        ),
        ActionKind(
            "untag",
            _("Remove tag"),
            _("Remove a tag from people"),
            _("Filters and audiences by this tag no longer find them."),
            forms.UntagForm,
            is_undone_by_callers=True,
        ),
        ActionKind(
            "suppress",
            _("Do not call"),
            _("Put people on the do-not-call list"),
            _("Nobody calls them again, in any campaign or market of this workspace, until a manager lifts it."),
            forms.SuppressForm,
            is_grave=True,
        ),
        ActionKind(
            "off_limits",
            _("Off-limits"),
            _("Put people off-limits"),
            _("They leave every queue until the last day, or until a manager lifts it."),
            forms.PeopleOffLimitsForm,
            is_grave=True,
        ),
        ActionKind(
            "remove",
            _("Remove from campaign"),
            _("Remove people from the campaign"),
            _("They leave this campaign’s queue. Calls and signals stay."),
            forms.RemoveForm,
            for_managers=True,
            of_members=True,
            is_grave=True,
        ),
    )
}
