"""Puts many people on the do-not-call list, or off-limits."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists
from django.utils.timezone import now
from django.utils.translation import gettext as _

from campaigns.bulk.records import OFF_LIMITS, SUPPRESSED, begin, finish, of_person
from campaigns.models import BulkAction
from config.db import bulk
from config.ui.formats import day
from markets.models import OffLimits, Suppression, SuppressionScope, User, Workspace
from markets.models.suppressions import is_suppressed
from markets.suppressions.rules import apply_suppression_rules


@transaction.atomic
def suppress_people(
    *, workspace: Workspace, contacts: Collection[int], reason: str, scope: SuppressionScope, by: User | None
) -> BulkAction:
    """Like markets.suppressions.services.suppress: nobody calls them again, in any campaign of the workspace."""
    chosen = begin(workspace=workspace, kind=BulkAction.Kind.SUPPRESS, contacts=contacts, by=by)
    chosen.skip(SUPPRESSED, is_suppressed("contact__"))
    people = chosen.contacts.order_by("pk").values_list("pk", "phone_e164", "email")
    names_others = scope != SuppressionScope.PERSON
    moment, user = chosen.action.done_at, by.pk if by else None
    bulk.insert(
        Suppression,
        ["workspace_id", "contact_id", "phone_e164", "email", "reason", "created_at", "created_by_id", "lift_reason"],
        (
            (workspace.pk, pk, phone if names_others else "", email if names_others else "", reason, moment, user, "")
            for pk, phone, email in people
        ),
    )
    return finish(chosen, "Put {} on the do-not-call list")


@transaction.atomic
def put_people_off_limits(
    *,
    workspace: Workspace,
    contacts: Collection[int],
    reason: str,
    by: User | None,
    requested_by: str = "",
    last_day: date | None = None,
) -> BulkAction:
    """Like markets.off_limits.services.put_off_limits, of persons. Raises ValidationError for a day that is over."""
    if last_day and last_day < workspace.today():
        raise ValidationError(
            _("%(day)s is over. Choose today or a later day, or leave it empty.") % {"day": day(last_day)}
        )
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)  # so that nobody adds the same meanwhile
    chosen = begin(workspace=workspace, kind=BulkAction.Kind.OFF_LIMITS, contacts=contacts, by=by)
    chosen.skip(OFF_LIMITS, Exists(of_person(OffLimits.objects.in_force())))
    values = {
        "firm": "",
        "reason": " ".join(reason.split()),
        "requested_by": " ".join(requested_by.split()),
        "expires_at": workspace.bounds(None, last_day)[1],
        "created_at": chosen.action.done_at,
        "created_by_id": by.pk if by else None,
        "lift_reason": "",
    }
    bulk.insert(
        OffLimits,
        ["workspace_id", "contact_id", *values],
        ((workspace.pk, contact, *values.values()) for contact in chosen.ids()),
    )
    return finish(chosen, "Put {} off-limits")


def lift_suppressions(action: BulkAction, by: User | None) -> int:
    rows = Suppression.objects.in_force().filter(**_written_by(action), rule=None, import_job=None)
    count = rows.update(lifted_at=now(), lifted_by=by, lift_reason="Undone")
    people = list(action.people.values_list("contact", flat=True))
    apply_suppression_rules(workspace=action.workspace_id, contacts=people)
    return count


def lift_off_limits(action: BulkAction, by: User | None) -> int:
    rows = OffLimits.objects.in_force().filter(**_written_by(action))
    return rows.update(lifted_at=now(), lifted_by=by, lift_reason="Undone")


def _written_by(action: BulkAction) -> dict[str, object]:
    return {
        "workspace": action.workspace_id,
        "contact__in": action.people.values("contact"),
        "created_at": action.done_at,
        "created_by": action.done_by_id,
    }
