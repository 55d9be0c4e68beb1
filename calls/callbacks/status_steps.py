"""A step of a campaign's life together with what becomes of the callbacks that it leaves owed."""

from django.db import transaction

from calls.callbacks.decisions import decide
from calls.callbacks.owed import promised_in
from calls.models import CallbackDecision
from campaigns.lifecycle.transitions import TransitionIncomplete, change_status
from campaigns.models import Campaign, Status, StatusChange
from markets.models import User


@transaction.atomic
def take_step(
    *,
    campaign: Campaign,
    to: str,
    by: User | None,
    reason: str = "",
    seen: str = "",
    callbacks: str = "",
    callbacks_to: User | None = None,
) -> StatusChange:
    """Changes the status and decides about the callbacks; without `callbacks`, a CallbackDecision, they stay owed until
    somebody does. Raises StatusConflict or TransitionIncomplete, in which case nothing changes."""
    change = change_status(campaign=campaign, to=to, by=by, reason=reason, seen=seen)
    if callbacks and to in (Status.PAUSED, Status.COMPLETED):
        owing = list(promised_in([campaign.pk], campaign.workspace).values_list("pk", flat=True))
        decided = decide(
            workspace=campaign.workspace,
            calls=owing,
            decision=CallbackDecision(callbacks),
            by=by,
            to=callbacks_to,
        )
        if decided.refusals:
            raise TransitionIncomplete(" ".join(decided.refusals))
    return change
