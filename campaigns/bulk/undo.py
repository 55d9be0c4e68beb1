"""Takes a bulk action back, for the people whom nobody has changed since."""

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.bulk import members, protection, tagging
from campaigns.bulk.records import KEPT_FOR, ActionRefused
from campaigns.membership import lock_unless_completed
from campaigns.models import BulkAction, Campaign
from markets.models import AuditAction, Role, User
from markets.workspaces.audit import record_event

Kind = BulkAction.Kind
OF_CAMPAIGN: Mapping[str, Callable[[Campaign, BulkAction], int]] = {
    Kind.ADD: members.take_out_again,
    Kind.REMOVE: members.bring_back,
    Kind.ASSIGN: members.give_back,
}
OTHERS: Mapping[str, Callable[[BulkAction, User | None], int]] = {
    Kind.TAG: lambda action, by: tagging.take_off_again(action),
    Kind.UNTAG: lambda action, by: tagging.put_on_again(action),
    Kind.SUPPRESS: protection.lift_suppressions,
    Kind.OFF_LIMITS: protection.lift_off_limits,
}


def may_undo(action: BulkAction, user: User, role: Role) -> bool:
    """Managers undo everything. Callers take back their own tags; only managers lift what bars calls."""
    if role.allows(Role.MANAGER):
        return True
    return action.kind in (Kind.TAG, Kind.UNTAG) and action.done_by_id == user.pk and role.allows(Role.CALLER)


@transaction.atomic
def undo(*, action: BulkAction, by: User | None) -> BulkAction:
    """Returns the action with how many people it gave back. Raises ActionRefused or CampaignClosed."""
    campaign = action.campaign
    if campaign:
        lock_unless_completed(campaign)
    actions = BulkAction.objects.select_for_update(of=("self",)).select_related("undone_by")
    locked = actions.get(workspace=action.workspace_id, pk=action.pk)
    if locked.undone_at:
        raise ActionRefused(_("This was undone already."))
    if locked.done_at <= now() - KEPT_FOR:
        words = _("This can't be undone any more: it is more than %(days)s days old.")
        raise ActionRefused(words % {"days": KEPT_FOR.days})
    if locked.kind in OF_CAMPAIGN:
        assert campaign
        locked.undone_count = OF_CAMPAIGN[locked.kind](campaign, locked)
    else:
        locked.undone_count = OTHERS[locked.kind](locked, by)
    locked.undone_at, locked.undone_by = now(), by
    locked.save(update_fields=["undone_at", "undone_by", "undone_count"])
    of_all = f"{locked.undone_count:,} of {locked.people_count:,} people"
    record_event(
        workspace=locked.workspace,
        user=by,
        action=AuditAction.BULK_ACTION_UNDONE,
        subject=campaign or locked.tag,
        summary=f"Undid a bulk action ({locked.kind.replace('_', '-')}) for {of_all}",
        details={"bulk_action": locked.pk, "people": locked.undone_count},
    )
    return locked
