"""Gives back the values of contacts that an import overwrote, for calls.ingest.undo.

A value is given back if nobody changed it since: what a person or a later import wrote over it stays.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import batched

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from config.db import bulk
from markets.contacts.changes import PARTS, stored_value
from markets.contacts.inferred_timezone import SOURCES, infer_timezone
from markets.custom_fields.fields import give_back_custom_values
from markets.custom_fields.values import PREFIX
from markets.models import Contact, ContactChange, ImportedContact, ImportJob, ImportState, User
from markets.suppressions.rules import apply_suppression_rules

CHUNK = 1000


@dataclass
class GivenBack:
    """How many values of contacts were given back, and why others were not."""

    values: int = 0
    left: list[tuple[Contact, str]] = field(default_factory=list)
    """Contacts with the reason."""

    def leave(self, contact: Contact, names: Sequence[str], why: str) -> None:
        listed = _(" and ").join(_(name.removeprefix(PREFIX).replace("_", " ")) for name in names)
        self.left.append((contact, f"{listed} {why}"))


def give_back(job: ImportJob, *, by: User | None) -> GivenBack:
    """Run it in the transaction of the undo, after it deleted contacts."""
    result = GivenBack()
    created = job.people.filter(outcome=ImportedContact.Outcome.CREATED).values("contact")
    changed = job.contact_changes.exclude(contact__in=created).order_by("contact").values_list("contact", flat=True)
    for ids in batched(list(changed.distinct()), CHUNK):
        changes: defaultdict[int, list[ContactChange]] = defaultdict(list)
        rows = ContactChange.objects.filter(workspace=job.workspace_id, contact__in=ids)
        for change in rows.select_related("import_job", "changed_by").order_by("changed_at", "id"):
            changes[change.contact_id].append(change)
        contacts = Contact.objects.select_for_update().filter(workspace=job.workspace_id, pk__in=ids)
        values = {}
        for contact in contacts.order_by("pk"):
            if value := _values_to_give_back(contact, changes[contact.pk], job, result):
                values[contact] = value
        _write(values, job, by, result)
        apply_suppression_rules(workspace=job.workspace_id, contacts=[contact.pk for contact in values])
    return result


def _values_to_give_back(
    contact: Contact, changes: Sequence[ContactChange], job: ImportJob, result: GivenBack
) -> dict[str, str]:
    values: dict[str, str] = {}
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    custom = {name for change in changes for name in change.after if name.startswith(PREFIX)}
    for name, parts in {**PARTS, **{name: {name} for name in sorted(custom)}}.items():
        own = [
            place
            for place, change in enumerate(changes)
            if change.import_job_id == job.pk and parts & change.after.keys()
        ]
        if not own:
            continue
        last = changes[own[-1]]
        later = [change for change in changes[own[-1] + 1 :] if parts & change.after.keys() and not _is_undone(change)]
        if later:
            reasons[_who(later[-1])].append(name)
        elif any(stored_value(contact, part) != last.after[part] for part in parts & last.after.keys()):
            reasons["changed since"].append(name)
        else:
            values |= _values_before(changes, parts, job)
    for why, names in reasons.items():
        result.leave(contact, names, why)
    return {name: value for name, value in values.items() if value != stored_value(contact, name)}


def _values_before(changes: Sequence[ContactChange], parts: Set[str], job: ImportJob) -> dict[str, str]:
    """The values before the import, and before imports that were undone while its values stood."""
    values: dict[str, str] = {}
    for change in reversed(changes):
        if parts & change.before.keys():
            if change.import_job_id != job.pk and not _is_undone(change):
                break
            values |= {part: change.before[part] for part in parts & change.before.keys()}
    return values


def _is_undone(change: ContactChange) -> bool:
    return change.import_job is not None and change.import_job.state == ImportState.UNDONE


def _who(change: ContactChange) -> str:
    """Who changed the value since, in words."""
    if change.import_job:
        return _("changed since by the import of %(import_job)s") % {"import_job": change.import_job}
    return (
        _("changed since by %(changed_by)s") % {"changed_by": change.changed_by}
        if change.changed_by
        else _("changed since")
    )


def _write(values: Mapping[Contact, dict[str, str]], job: ImportJob, by: User | None, result: GivenBack) -> None:
    """Leaves the values that another contact has now, if only one may have them."""
    written = dict(values)
    if not _update(written):
        written = {contact: fields for contact, fields in values.items() if _update({contact: fields})}
    for contact in values.keys() - written.keys():
        names = [name for name in values[contact] if _is_given(name)]
        result.leave(contact, names, _("kept: another person has the old email, number or ID now"))
    result.values += sum(sum(map(_is_given, fields)) for fields in written.values())
    ContactChange.objects.bulk_create(
        [
            ContactChange(
                workspace_id=contact.workspace_id,
                contact=contact,
                before={name: stored_value(contact, name) for name in fields},
                after=fields,
                changed_by=by,
                import_job=job,
                reason=(_("The import of %(job)s was undone") % {"job": job})[:500],
            )
            for contact, fields in written.items()
        ]
    )
    give_back_custom_values(written)


def _is_given(name: str) -> bool:
    """Not derived from another field."""
    return name in PARTS or name.startswith(PREFIX)


def _zone_after(contact: Contact, fields: Mapping[str, str]) -> str:
    return infer_timezone({name: fields.get(name, getattr(contact, name)) for name in SOURCES})


def _update(values: Mapping[Contact, dict[str, str]]) -> bool:
    """Returns False, and writes nothing, if another contact has one of the keys now."""
    groups: defaultdict[frozenset[str], list[Contact]] = defaultdict(list)
    for contact, fields in values.items():
        groups[frozenset(name for name in fields if not name.startswith(PREFIX))].append(contact)
    try:
        with transaction.atomic():
            for names, contacts in groups.items():
                columns = sorted(names)
                rows = [
                    (contact.pk, _zone_after(contact, values[contact]), *(values[contact][name] for name in columns))
                    for contact in contacts
                ]
                bulk.update(Contact, ["inferred_timezone", *columns], rows, updated_at=now())
    except IntegrityError:
        return False
    return True
