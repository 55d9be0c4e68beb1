"""What one person takes over from another: fields, places, suppressions, decisions. signals.contacts.merge merges
people."""

from collections.abc import Collection, Mapping
from datetime import date

from django.utils.timezone import now

from markets.models import (
    Contact,
    ContactMerge,
    Erasure,
    FormerKey,
    ImportedContact,
    MarketContact,
    NotDuplicate,
    Suppression,
    User,
    Workspace,
)
from markets.models.landscape import names_contact
from markets.models.merges import KeyKind

FIELD_CHOICES: Mapping[str, tuple[str, ...]] = {
    "full_name": ("full_name", "first_name", "last_name", "name_key"),
    "firm": ("firm",),
    "title": ("title",),
    "seniority": ("seniority",),
    "email": ("email",),
    "phone": ("phone", "phone_e164"),
    "city": ("city",),
    "timezone": ("timezone",),
    "profile_url": ("profile_url",),
    "external_id": ("external_id",),
}
"""What can be chosen from either of two people, with the fields that go together."""

Key = tuple[str, str, str]
"""Kind, value and, for a phone, the name that goes with it."""


class MergeRefused(Exception):
    """These two cannot be made one. The message says why."""


class AlreadyMerged(MergeRefused):
    """One of the two went into somebody before."""

    def __init__(self, merge: ContactMerge):
        self.merge = merge
        by = f" by {merge.merged_by}" if merge.merged_by else ""
        day = f"{merge.merged_at.astimezone(merge.workspace.zone):%-d %b %Y at %H:%M}"
        super().__init__(f"{merge.label} was merged already, on {day}{by}, and is now {merge.contact}.")


def lock_contacts(*, keep: Contact, merged: Contact) -> tuple[Contact, Contact]:
    """Both as they are now, and nobody else's until the end. Raises MergeRefused, and OperationalError at once if
    somebody has one of them: an import locks people before campaigns, a merge after, and both would wait for ever.
    """
    locked = Contact.objects.filter(workspace=keep.workspace_id, pk__in=[keep.pk, merged.pk])
    people = {each.pk: each for each in locked.order_by("pk").select_for_update(nowait=True)}
    for contact in (merged, keep):
        if contact.pk not in people:
            raise missing_contact_refusal(contact.workspace_id, contact.pk)
    return people[keep.pk], people[merged.pk]


def missing_contact_refusal(workspace: Workspace | int, missing: int) -> MergeRefused:
    """Why the contact of that id cannot be merged: there is none."""
    merges = ContactMerge.objects.filter(workspace=workspace).for_merged_contact(missing)
    merge = merges.select_related("workspace", "contact", "merged_by").first()
    return AlreadyMerged(merge) if merge else MergeRefused("There is no such person here any more.")


def check_pair(*, keep: Contact, merged: Contact) -> None:
    if keep.pk == merged.pk:
        raise MergeRefused(f"{keep} cannot be merged into themselves; choose two different people.")
    if keep.workspace_id != merged.workspace_id:
        raise MergeRefused("These two belong to different workspaces, and nobody is moved between workspaces.")
    erased = Erasure.objects.filter(contact__in=[keep.pk, merged.pk]).select_related("contact").first()
    if erased:
        raise MergeRefused(f"{erased.contact.label} cannot be merged: nobody can tell any more who that was.")


def move_markets(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the markets that the merged person was in. The earlier of two places in one market stays."""
    places = {place.market_id: place for place in MarketContact.objects.filter(contact=keep)}
    theirs = list(MarketContact.objects.filter(contact=merged))
    for place in theirs:
        mine = places.get(place.market_id)
        if mine is None:
            continue
        if place.added_at < mine.added_at:
            MarketContact.objects.filter(pk=mine.pk).update(added_at=place.added_at)
        place.delete()
    MarketContact.objects.filter(contact=merged).update(contact=keep)
    return sorted(place.market_id for place in theirs)


def move_suppressions(*, keep: Contact, merged: Contact, by: User | None) -> list[int]:
    """Moves the rows that name the merged person and returns their ids.

    If either of the two must not be called, whether by name, number or address, the kept person must not be either.
    Whom a row named by number or address is suppressed themselves for the same reason: so they stay when that changes,
    and when a call is voided that suppressed them, too.
    """
    suppressions = Suppression.objects.filter(workspace=keep.workspace_id)
    standing = [
        each
        for who in (merged, keep)
        for each in suppressions.in_force().filter(names_contact(who)).order_by("created_at", "pk")
    ]
    reasons = dict.fromkeys(each.reason for each in standing if each.contact_id not in (keep.pk, merged.pk))
    own = suppressions.filter(contact=merged)
    moved = sorted(own.values_list("pk", flat=True))
    own.update(contact=keep)
    by_themselves = suppressions.in_force().filter(contact=keep, phone_e164="", email="")
    known = set(by_themselves.values_list("reason", flat=True))
    Suppression.objects.bulk_create(
        Suppression(workspace_id=keep.workspace_id, contact=keep, reason=reason, created_by=by)
        for reason in reasons
        if reason not in known
    )
    return moved


def move_imports(*, keep: Contact, merged: Contact) -> None:
    """What an import did with the merged person it did with the kept one, but it did not create them."""
    mine = {each.job_id: each for each in ImportedContact.objects.filter(contact=keep)}
    theirs = ImportedContact.objects.filter(contact=merged)
    for each in theirs.filter(job__in=mine):
        known = mine[each.job_id]
        ImportedContact.objects.filter(pk=known.pk).update(field_mask=known.field_mask | each.field_mask)
    theirs.filter(job__in=mine).delete()
    created, updated = ImportedContact.Outcome.CREATED, ImportedContact.Outcome.UPDATED
    theirs.filter(outcome=created).update(outcome=updated)
    theirs.update(contact=keep)


def move_decisions(*, keep: Contact, merged: Contact) -> None:
    """Who was not the merged person is not the kept one either. That these two are two was a mistake."""
    decisions = NotDuplicate.objects.filter(workspace=keep.workspace_id)
    decided = {each.low_id + each.high_id - keep.pk for each in decisions.about(keep)}
    for decision in decisions.about(merged):
        other = decision.low_id + decision.high_id - merged.pk
        if other == keep.pk or other in decided:
            decision.delete()
        else:
            decision.low_id, decision.high_id = sorted((other, keep.pk))
            decision.save(update_fields=["low", "high"])


def combined_fields(*, keep: Contact, merged: Contact, taking: Collection[str]) -> dict[str, str]:
    """The fields of the kept person that change: what is taken (of FIELD_CHOICES), and what they lacked."""
    values = {}
    for choice, names in FIELD_CHOICES.items():
        if choice in taking or not getattr(keep, names[0]):
            values.update({name: getattr(merged, name) for name in names})
    return {name: value for name, value in values.items() if value != getattr(keep, name)}


def keep_wrong_number_unusable(keep: Contact, *, known_wrong: Collection[str]) -> None:
    """A number that was found incorrect does not become usable by the merge.

    Only the number that was found incorrect last is remembered (`wrong_phone`). Where that is another one than the kept
    person's own, which is incorrect too, they get that one: it is to be repaired, and is not called.
    """
    if keep.phone_e164 in known_wrong and not keep.has_wrong_phone:
        keep.phone = keep.phone_e164 = keep.wrong_phone


def keys_of(contact: Contact) -> set[Key]:
    keys = {
        (KeyKind.EXTERNAL_ID.value, contact.external_id, ""),
        (KeyKind.EMAIL.value, contact.email, ""),
        (KeyKind.PHONE.value, contact.phone_e164, contact.name_key),
    }
    return {key for key in keys if key[1]}


def create_merge(
    *,
    keep: Contact,
    merged: Contact,
    was: Contact,
    moved: Mapping[str, list[int]],
    by: User | None,
    reason: str,
) -> ContactMerge:
    """Keeps what the merged person was. `was` is the kept one as before: keys that they gave up lead to them, too."""
    ContactMerge.objects.filter(contact=merged).update(contact=keep)
    before, after = snapshot(was), snapshot(keep)
    merge = ContactMerge.objects.create(
        workspace_id=keep.workspace_id,
        contact=keep,
        merged_id=merged.pk,
        label=merged.label,
        fields=snapshot(merged),
        replaced={name: value for name, value in before.items() if value and value != after[name]},
        moved=dict(moved),
        merged_at=now(),
        merged_by=by,
        reason=reason,
    )
    keys = keys_of(merged) | (keys_of(was) - keys_of(keep))
    FormerKey.objects.bulk_create(
        FormerKey(workspace_id=keep.workspace_id, merge=merge, kind=kind, value=value, name_key=name)
        for kind, value, name in sorted(keys)
    )
    return merge


def snapshot(contact: Contact) -> dict[str, object]:
    """All fields as JSON can hold them."""
    values = {field.attname: getattr(contact, field.attname) for field in Contact._meta.concrete_fields}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
