"""Moves a merged contact's fields, markets, suppressions and decisions to the one that is kept, for
signals.contacts.merge."""

from collections.abc import Collection, Mapping
from datetime import date

from django.utils.timezone import now
from django.utils.translation import gettext as _

from config.ui.dates import full_day
from markets.contacts.changes import DERIVED, fields_to_bits, record_change, stored_values
from markets.contacts.normalization import FIELDS
from markets.custom_fields.values import to_texts
from markets.models import (
    AuditAction,
    Contact,
    ContactChange,
    ContactMerge,
    DecidedIdentity,
    Erasure,
    FormerKey,
    ImportedContact,
    ImportNote,
    MarketContact,
    NotDuplicate,
    Suppression,
    User,
    Workspace,
)
from markets.models.history.merges import KeyKind
from markets.models.suppressions import names_contact
from markets.webhooks.publish import publish_suppressed
from markets.workspaces.audit import mention, record_event

FIELD_CHOICES: Mapping[str, tuple[str, ...]] = {
    "full_name": ("full_name", "first_name", "last_name", *DERIVED["full_name"]),
    "firm": ("firm",),
    "title": ("title",),
    "seniority": ("seniority",),
    "email": ("email",),
    "phone": ("phone", *DERIVED["phone"]),
    "city": ("city",),
    "timezone": ("timezone",),
    "profile_url": ("profile_url", *DERIVED["profile_url"]),
    "external_id": ("external_id",),
}
"""The choices on the merge form, each with the fields that it sets."""

Key = tuple[str, str, str]
"""Kind, value and, for a phone, the `name_key` that must match too."""


class MergeRefused(Exception):
    """The two contacts cannot be merged. The message says why."""


class AlreadyMerged(MergeRefused):
    """One of the two was merged into another contact before."""

    def __init__(self, merge: ContactMerge):
        self.merge = merge
        sentence = _("%(merged)s was merged already, on %(moment)s, and is now %(contact)s.")
        if merge.merged_by:
            sentence = _("%(merged)s was merged already, on %(moment)s by %(user)s, and is now %(contact)s.")
        at = merge.merged_at.astimezone(merge.workspace.zone)
        moment = _("%(day)s at %(time)s") % {"day": full_day(at.date()), "time": f"{at:%H:%M}"}
        values = {"merged": merge.label, "moment": moment, "user": merge.merged_by, "contact": merge.contact}
        super().__init__(sentence % values)


def lock_contacts(*, keep: Contact, merged: Contact) -> tuple[Contact, Contact]:
    """Locks and reloads both contacts. Raises MergeRefused, or OperationalError at once if either is locked already.

    It does not wait, because an import locks contacts before campaigns and a merge after: they would deadlock.
    """
    locked = Contact.objects.filter(workspace=keep.workspace_id, pk__in=[keep.pk, merged.pk])
    contacts = {each.pk: each for each in locked.order_by("pk").select_for_update(nowait=True)}
    for contact in (merged, keep):
        if contact.pk not in contacts:
            raise missing_contact_refusal(contact.workspace_id, contact.pk)
    return contacts[keep.pk], contacts[merged.pk]


def missing_contact_refusal(workspace: Workspace | int, missing: int) -> MergeRefused:
    """The refusal for a contact that no longer exists: merged before, or unknown."""
    merges = ContactMerge.objects.filter(workspace=workspace).for_merged_contact(missing)
    merge = merges.select_related("workspace", "contact", "merged_by").first()
    return AlreadyMerged(merge) if merge else MergeRefused(_("There is no such person here any more."))


def check_pair(*, keep: Contact, merged: Contact) -> None:
    if keep.pk == merged.pk:
        raise MergeRefused(
            _("%(person)s cannot be merged into themselves; choose two different people.") % {"person": keep}
        )
    if keep.workspace_id != merged.workspace_id:
        raise MergeRefused(_("These two belong to different workspaces, and nobody is moved between workspaces."))
    erased = Erasure.objects.filter(contact__in=[keep, merged]).select_related("contact").first()
    if erased:
        raise MergeRefused(
            _("%(person)s cannot be merged: nobody can tell any more who that was.") % {"person": erased.contact.label}
        )


def move_markets(*, keep: Contact, merged: Contact) -> list[int]:
    """Returns the ids of the merged contact's markets. In a shared market the earlier date is kept."""
    kept_places = {place.market_id: place for place in MarketContact.objects.filter(contact=keep)}
    merged_places = list(MarketContact.objects.filter(contact=merged))
    for place in merged_places:
        kept_place = kept_places.get(place.market_id)
        if kept_place is None:
            continue
        if place.added_at < kept_place.added_at:
            MarketContact.objects.filter(pk=kept_place.pk).update(added_at=place.added_at)
        place.delete()
    MarketContact.objects.filter(contact=merged).update(contact=keep)
    return sorted(place.market_id for place in merged_places)


def move_suppressions(*, keep: Contact, merged: Contact, by: User | None) -> list[int]:
    """Moves the suppressions of the merged contact to the kept one and returns their ids.

    If either is suppressed, by contact, number or address, the kept one must be suppressed too. For suppressions that
    name only a number or address it gets one of its own with the same reason, which stays in force if the number
    changes, or if the call that suppressed it is voided.
    """
    suppressions = Suppression.objects.filter(workspace=keep.workspace_id)
    in_force = [
        each
        for contact in (merged, keep)
        for each in suppressions.in_force().filter(names_contact(contact)).order_by("created_at", "pk")
    ]
    reasons = dict.fromkeys(each.reason for each in in_force if each.contact_id not in (keep.pk, merged.pk))
    own = suppressions.filter(contact=merged)
    rules = suppressions.in_force().filter(contact=keep, rule__isnull=False).values_list("rule", flat=True)
    own.in_force().filter(rule__in=list(rules)).delete()  # a rule counts a person once
    moved = sorted(own.values_list("pk", flat=True))
    own.update(contact=keep)
    direct = suppressions.in_force().filter(contact=keep, phone_e164="", email="")
    existing_reasons = set(direct.values_list("reason", flat=True))
    created = Suppression.objects.bulk_create(
        Suppression(workspace_id=keep.workspace_id, contact=keep, reason=reason, created_by=by)
        for reason in reasons
        if reason not in existing_reasons
    )
    publish_suppressed(keep.workspace_id, created)
    return moved


def move_imports(*, keep: Contact, merged: Contact) -> None:
    """Moves import records to the kept contact, which counts as updated by these imports, not as created."""
    kept_records = {each.job_id: each for each in ImportedContact.objects.filter(contact=keep)}
    merged_records = ImportedContact.objects.filter(contact=merged)
    for record in merged_records.filter(job__in=kept_records):
        kept = kept_records[record.job_id]
        values = {**(record.values or {}), **(kept.values or {})}
        ImportedContact.objects.filter(pk=kept.pk).update(
            field_mask=kept.field_mask | record.field_mask, values=values or None
        )
    merged_records.filter(job__in=kept_records).delete()
    created, updated = ImportedContact.Outcome.CREATED, ImportedContact.Outcome.UPDATED
    merged_records.filter(outcome=created).update(outcome=updated)
    merged_records.update(contact=keep)
    for model in (ContactChange, ImportNote, DecidedIdentity):
        model._default_manager.filter(contact=merged).update(contact=keep)


def move_points(*, keep: Contact, merged: Contact) -> None:
    """Moves further numbers and addresses, unless the kept contact has the same."""
    known = set(keep.contact_points.values_list("kind", "typed"))
    for point in merged.contact_points.all():
        if (point.kind, point.typed) in known:
            point.delete()
    merged.contact_points.update(contact=keep)


def move_marks(*, keep: Contact, merged: Contact) -> None:
    """Moves off-limits entries, events for webhooks, and tags that the kept contact does not have."""
    merged.off_limits.update(contact=keep)
    merged.webhook_events.update(contact=keep)
    merged.tags.filter(tag__in=keep.tags.values("tag")).delete()
    merged.tags.update(contact=keep)


def move_decisions(*, keep: Contact, merged: Contact) -> None:
    """Moves “not the same person” decisions to the kept contact, and drops one between the two."""
    decisions = NotDuplicate.objects.filter(workspace=keep.workspace_id)
    decided_ids = {each.low_id + each.high_id - keep.pk for each in decisions.about(keep)}
    for decision in decisions.about(merged):
        other = decision.low_id + decision.high_id - merged.pk
        if other == keep.pk or other in decided_ids:
            decision.delete()
        else:
            decision.low_id, decision.high_id = sorted((other, keep.pk))
            decision.save(update_fields=["low", "high"])


def combined_fields(*, keep: Contact, merged: Contact, taking: Collection[str]) -> dict[str, str]:
    """Changed fields of the kept contact: the choices in `taking` (of FIELD_CHOICES), and fields that were blank."""
    values = {}
    for choice, names in FIELD_CHOICES.items():
        if choice in taking or not getattr(keep, names[0]):
            values.update({name: getattr(merged, name) for name in names})
    return {name: value for name, value in values.items() if value != getattr(keep, name)}


def combine_custom_values(*, keep: Contact, merged: Contact) -> None:
    """Fills in the custom values that the kept contact does not have."""
    keep.custom = {**merged.custom, **keep.custom}


def combine_words(*, keep: Contact, merged: Contact, before: Contact, by: User | None) -> None:
    """Records what the kept contact took over. A value that replaced another one was chosen, so it is a person's word;
    one that filled a blank field is a person's word only if it was that of the merged contact."""
    filled = fields_to_bits(name for name in FIELDS if getattr(keep, name) and not getattr(before, name))
    custom = to_texts(keep.custom)  # nobody chose them: they are whose they were before
    record_change(keep, stored_values(before) | custom, by=by, reason=f"Merged with {merged}"[:500])
    keep.person_fields &= ~filled | merged.person_fields


def keep_wrong_number_unusable(keep: Contact, *, known_wrong: Collection[str]) -> None:
    """Prevents the merge from making an incorrect number usable.

    Only the latest incorrect number is stored (`wrong_phone`). If the kept contact has another number that is known to
    be wrong, it gets `wrong_phone` as its number: that one is not called and is listed for repair.
    """
    if keep.phone_e164 in known_wrong and not keep.has_wrong_phone:
        keep.phone = keep.phone_e164 = keep.wrong_phone


def keys_of(contact: Contact) -> set[Key]:
    keys = {
        (KeyKind.EXTERNAL_ID.value, contact.external_id, ""),
        (KeyKind.EMAIL.value, contact.email, ""),
        (KeyKind.PROFILE.value, contact.profile_key, ""),
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
    """Records the merged contact. `was` is the kept contact before the merge: keys that it lost still lead to it."""
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
    record_event(
        workspace=keep.workspace,
        user=by,
        action=AuditAction.CONTACTS_MERGED,
        subject=keep,
        summary=f"Merged {mention(merged)} into {mention(keep)}",
        details={"merged": merged.pk, "moved": {name: len(keys) for name, keys in moved.items()}},
    )
    return merge


def snapshot(contact: Contact) -> dict[str, object]:
    """All fields as JSON values."""
    values = {field.attname: getattr(contact, field.attname) for field in Contact._meta.concrete_fields}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
