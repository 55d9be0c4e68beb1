from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Value
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.ui.formats import day
from markets.models import AuditAction, Contact, ImportedContact, ImportJob, OffLimits, User, Workspace
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed
from markets.workspaces.audit import record_event

DO_NOT_CALL, OFF_LIMITS = gettext_lazy("Do not call"), gettext_lazy("Off-limits")


@transaction.atomic
def put_off_limits(
    *,
    workspace: Workspace,
    contact: Contact | None = None,
    firm: str = "",
    reason: str,
    by: User | None,
    requested_by: str = "",
    last_day: date | None = None,
) -> OffLimits:
    """Adds an entry for a person or for everybody of a firm, in force through `last_day` of the workspace.

    Raises ValidationError if such an entry is in force already, or for a day that is over.
    """
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)  # so that nobody adds the same meanwhile
    entry = OffLimits(
        workspace=workspace,
        contact=contact,
        firm=" ".join(firm.split()),
        reason=" ".join(reason.split()),
        requested_by=" ".join(requested_by.split()),
        expires_at=workspace.bounds(None, last_day)[1],
        created_by=by,
    )
    if last_day and last_day < workspace.today():
        raise ValidationError(
            _("%(last_day)s is over. Choose today or a later day, or leave it empty.") % {"last_day": day(last_day)}
        )
    entry.full_clean()
    same = workspace.off_limits.in_force()
    same = same.filter(contact=contact) if contact else same.filter(firm_key=Lower(Value(entry.firm)))
    if known := same.first():
        sentence = _("%(whom)s is off-limits already: %(reason)s. Lift that entry first.")
        if known.expires_at:
            sentence = _("%(whom)s is off-limits already until %(day)s: %(reason)s. Lift that entry first.")
        raise ValidationError(sentence % {"whom": known.whom, "day": day(known.last_day), "reason": known.reason})
    entry.save()
    record_event(
        workspace=workspace,
        user=by,
        action=AuditAction.OFF_LIMITS_ADDED,
        subject=contact or entry,
        summary=f"Put {'a person' if contact else 'a firm'} off-limits",
        details={"entry": entry.pk},
    )
    return entry


@transaction.atomic
def lift_off_limits(*, entry: OffLimits, by: User | None, reason: str) -> None:
    """Ends an entry; the row stays. Raises ValidationError without a reason or if the entry is not in force."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > 500:
        raise ValidationError(_("Enter a reason of at most 500 characters."))
    in_force = OffLimits.objects.in_force().filter(workspace=entry.workspace_id, pk=entry.pk)
    if not in_force.update(lifted_at=now(), lifted_by=by, lift_reason=reason):
        raise ValidationError(_("This entry is no longer in force: it was lifted or has expired."))
    record_event(
        workspace=entry.workspace,
        user=by,
        action=AuditAction.OFF_LIMITS_LIFTED,
        subject=entry.contact or entry,
        summary=f"Lifted an off-limits entry of a {'person' if entry.contact_id else 'firm'}",
        details={"entry": entry.pk},
    )


def set_covered_counts(entries: Iterable[OffLimits]) -> None:
    """Sets `covered_count`: how many people an entry names. One query for all."""
    entries = list(entries)
    firms = {entry.firm_key for entry in entries if entry.firm}
    contacts = Contact.objects.filter(workspace__in={entry.workspace_id for entry in entries})
    rows = contacts.annotate(firm_key=Lower("firm")).filter(firm_key__in=firms).order_by().values("firm_key")
    counts = dict(rows.annotate(n=Count("pk")).values_list("firm_key", "n")) if firms else {}
    for entry in entries:
        entry.covered_count = counts.get(entry.firm_key, 0) if entry.firm else 1


def mark_contacts(contacts: Iterable[Contact]) -> None:
    """Sets `marks`, why nobody calls them: on the do-not-call list, off-limits, or both. One query for all."""
    found = {contact.pk: contact for contact in contacts}
    workspaces = {contact.workspace_id for contact in found.values()}
    rows = Contact.objects.filter(workspace__in=workspaces, pk__in=found).order_by()
    reasons = rows.annotate(is_suppressed=is_suppressed(), is_off_limits=is_off_limits())
    for key, *conditions in reasons.values_list("pk", "is_suppressed", "is_off_limits"):
        labels = zip((DO_NOT_CALL, OFF_LIMITS), conditions, strict=True)
        found[key].marks = [label for label, applies in labels if applies]  # type: ignore[attr-defined]


def off_limits_of(job: ImportJob, most: int) -> tuple[int, list[Contact]]:
    """How many people of a file are off-limits now, and the first of them."""
    if not job.workspace.off_limits.in_force().exists():
        return 0, []
    people = job.people.exclude(outcome=ImportedContact.Outcome.NAMED)
    contacts = job.workspace.contacts.off_limits().filter(pk__in=people.values("contact"))
    return contacts.count(), list(contacts[:most])


def off_limits_report(job: ImportJob, most: int) -> dict[str, object]:
    """The same for the stored report of a dry run."""
    count, people = off_limits_of(job, most)
    return {"off_limits": count, "off_limits_people": [each.label for each in people]}
