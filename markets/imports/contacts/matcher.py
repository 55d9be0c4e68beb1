"""Matches rows with contacts one by one: a person is one contact, however often files name them (product.md,
section 1)."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from django.utils.timezone import now
from django.utils.translation import gettext, gettext_noop

from config.db import bulk
from markets.contacts.changes import bits_to_fields
from markets.contacts.inferred_timezone import SOURCES, set_inferred_timezone
from markets.contacts.name_similarity import may_be_same_name
from markets.contacts.normalization import fold
from markets.contacts.values.web_addresses import is_personal
from markets.imports.contacts.corrected_keys import CorrectedKeys
from markets.imports.contacts.last_words import last_words
from markets.imports.contacts.matched import Identity, MatchedContact
from markets.imports.contacts.prefilter import KEYS, Fields
from markets.imports.files.rejects import RowRefused
from markets.models import Contact, ContactChange, ContactMerge, ImportedContact, ImportJob
from markets.models.history.merges import KeyKind
from markets.models.imports import OTHER_PERSON

IDENTITY = frozenset({"email", "profile_key", "phone_e164", "full_name"})
LABELS: dict[str, str] = {
    KeyKind.EXTERNAL_ID: gettext_noop("external ID"),
    KeyKind.EMAIL: gettext_noop("email"),
    KeyKind.PROFILE: gettext_noop("profile URL"),
    KeyKind.PHONE: gettext_noop("phone"),
}


class ContactMatcher:
    """All contacts that a chunk's rows may name, kept up to date with the changes of its earlier rows."""

    def __init__(self, job: ImportJob, rows: Sequence[Fields], decided: Collection[int] = ()):
        """`decided` are contacts that rows name by a decision of a person (DecidedIdentity)."""
        self.job = job
        self._known: dict[int, MatchedContact] = {}
        self._new: list[MatchedContact] = []
        self._by_key: dict[Identity, MatchedContact] = {}
        self._by_former_key: dict[Identity, MatchedContact] = {}
        self._by_profile: defaultdict[str, list[MatchedContact]] = defaultdict(list)
        self._by_name_and_firm: defaultdict[tuple[str, str], list[MatchedContact]] = defaultdict(list)
        self._corrected: CorrectedKeys | None = None
        self._load("id", decided)
        self._fetch(rows)

    def find(self, row: Fields, line: int, decided: int | None = None) -> MatchedContact | None:
        """The contact that the row names, or None. Raises RowRefused if it names several, or if an external ID alone
        would take over another person."""
        if decided is None and not row.keys() & set(KEYS):
            return self._find_by_firm(row, line) or self._find_corrected(row)
        holders = self._holders(row, self._known[decided] if decided else None)
        matches = list(dict.fromkeys(holder for _, holder in holders))
        if len(matches) > 1:
            self._pin(row, matches, line)
            named = gettext(", but ").join(
                gettext("%(describe)s belongs to %(holder)s") % {"describe": _describe(identity), "holder": holder}
                for identity, holder in holders
            )
            raise RowRefused("two_people", gettext("The row is two people at once: %(named)s.") % {"named": named})
        if matches and not decided and self._is_other_person(row, matches[0]):
            self._pin(row, matches, line)
            raise RowRefused(
                OTHER_PERSON,
                gettext(
                    "The external ID “%(external_id)s” belongs to %(person)s, whose name and email address are "
                    "others than “%(name)s” and “%(email)s”. Decide under Imports whether this is the same person."
                )
                % {
                    "external_id": row["external_id"],
                    "person": matches[0],
                    "name": row["full_name"],
                    "email": row["email"],
                },
            )
        return matches[0] if matches else self._find_corrected(row)

    def allow_corrected(self, corrected: CorrectedKeys, rows: Iterable[Fields]) -> None:
        """Finds contacts by keys that they had before a person corrected these, for rows that have no other."""
        self._corrected = corrected
        self._load("id", {contact for row in rows if (contact := corrected.find(row))})

    def _find_corrected(self, row: Fields) -> MatchedContact | None:
        contact = self._corrected.find(row) if self._corrected else None
        return self._known[contact] if contact else None

    def word(self, match: MatchedContact) -> Fields:
        """What the job's source last said about the contact in an earlier import."""
        return self._last_words.get(match.contact.pk or 0, {})

    @cached_property
    def _last_words(self) -> dict[int, Fields]:
        return last_words(self.job, list(self._known))

    def release(self, contact: int) -> None:
        """Lets a row change what earlier rows of the file rely on: somebody decided that it means this contact."""
        self._known[contact].relied_on.clear()
        self._known[contact].said.clear()

    def add(self, row: Fields, line: int) -> MatchedContact:
        match = MatchedContact(Contact(workspace_id=self.job.workspace_id, **row), line)
        set_inferred_timezone(match.contact)
        self._new.append(match)
        self._index(match)
        return match

    def change(self, match: MatchedContact, values: Fields) -> None:
        self._unindex(match)
        for name, value in values.items():
            match.before.setdefault(name, getattr(match.contact, name))
            setattr(match.contact, name, value)
        set_inferred_timezone(match.contact)
        self._index(match)

    def save(self) -> None:
        """Writes new contacts and changed fields, and no other field, which may have been changed concurrently."""
        groups: defaultdict[frozenset[str], list[Contact]] = defaultdict(list)
        changed = [match for _, match in sorted(self._known.items()) if match.before]
        for match in changed:
            groups[frozenset(match.before)].append(match.contact)
        for fields, contacts in groups.items():
            names = sorted(fields | {"inferred_timezone"} if fields & SOURCES else fields)
            rows = [(contact.pk, *(getattr(contact, name) for name in names)) for contact in contacts]
            bulk.update(Contact, names, rows, updated_at=now())
        if changed:
            self._record(changed)
        Contact.objects.bulk_create([match.contact for match in self._new])

    def _record(self, changed: Iterable[MatchedContact]) -> None:
        time, columns = (
            now(),
            ["workspace_id", "contact_id", "import_job_id", "before", "after", "changed_at", "reason"],
        )
        rows = []
        for match in changed:
            after = {name: getattr(match.contact, name) for name in match.before}
            texts = json.dumps(match.before), json.dumps(after)
            rows.append((self.job.workspace_id, match.contact.pk, self.job.pk, *texts, time, ""))
        bulk.insert(ContactChange, columns, rows)

    def named(self) -> Iterator[MatchedContact]:
        """The contacts with a field that a row of the file relies on."""
        return (match for match in (*self._known.values(), *self._new) if match.relied_on)

    def _is_other_person(self, row: Fields, match: MatchedContact) -> bool:
        """Whether only the external ID speaks for the contact, and the name and the email address speak against it.

        What this source said of the contact before speaks for it, too: a person may have corrected it.
        """
        contact = match.contact
        both = ("email", "full_name")
        if match.said or "external_id" not in row or not all(row.get(name) and getattr(contact, name) for name in both):
            return False
        if row["email"] == contact.email or (row.get("profile_key") and row["profile_key"] == contact.profile_key):
            return False
        if self._by_former_key.get(("email", row["email"])) is match:
            return False
        word = self.word(match)
        names = {contact.full_name, word.get("full_name", "")} - {""}
        return row["email"] != word.get("email") and not any(may_be_same_name(row["full_name"], name) for name in names)

    def _holders(self, row: Fields, decided: MatchedContact | None = None) -> list[tuple[Identity, MatchedContact]]:
        """The contacts that have the row's keys, strongest first. A phone goes with the name in the row, or else with
        the name stored by a stronger key and with none."""
        keys: list[Identity] = [
            (label, row[name]) for name, label in (("external_id", "external ID"), ("email", "email")) if name in row
        ]
        holders: list[tuple[Identity, MatchedContact]] = [(("external ID",), decided)] if decided else []
        holders += [(key, holder) for key in keys if (holder := self._holder(key))]
        holders += self._holders_of_profile(row, [holder for _, holder in holders])
        known = holders[0][1].contact if holders else Contact()
        phone = row.get("phone_e164", known.phone_e164)
        names = [row["name_key"]] if "name_key" in row else [known.name_key, ""] if "phone_e164" in row else []
        weak = [("phone", phone, name) for name in dict.fromkeys(names)]
        return holders + [(key, holder) for key in weak if (holder := self._holder(key))]

    def _holders_of_profile(
        self, row: Fields, stronger: Collection[MatchedContact]
    ) -> list[tuple[Identity, MatchedContact]]:
        """Several contacts may have the same profile URL; then a stronger key decides between them.

        A page that is not one person's profile, such as that of a team, names nobody of another name.
        """
        if "profile_key" not in row:
            return []
        key: Identity = ("profile URL", row["profile_key"])
        former = self._by_former_key.get(key)
        holders = self._by_profile.get(row["profile_key"]) or ([former] if former else [])
        if not is_personal(row["profile_key"]):
            holders = [holder for holder in holders if _may_have_name(holder.contact, row.get("full_name", ""))]
        return [] if any(holder in stronger for holder in holders) else [(key, holder) for holder in holders]

    def _holder(self, key: Identity) -> MatchedContact | None:
        return self._by_key.get(key) or self._by_former_key.get(key)

    def _find_by_firm(self, row: Fields, line: int) -> MatchedContact | None:
        matches = self._by_name_and_firm[row["name_key"], fold(row["firm"])]
        if len(matches) > 1:
            for match in matches:
                match.rely_on(row, line)
            named = ", ".join(str(match) for match in matches[:5])
            raise RowRefused(
                "several_people",
                gettext(
                    "%(count)s people are called %(name)s at %(firm)s: %(people)s. Give an external ID, an email "
                    "address or a phone number."
                )
                % {"count": len(matches), "name": row["full_name"], "firm": row["firm"], "people": named},
            )
        return matches[0] if matches else None

    @staticmethod
    def _pin(row: Fields, matches: Iterable[MatchedContact], line: int) -> None:
        """Pins the keys of contacts named by a refused row, so that importing the file again gives the same result."""
        for match in matches:
            match.rely_on(row.keys() | IDENTITY, line)

    def _fetch(self, rows: Sequence[Fields]) -> None:
        values = {key: {row[key] for row in rows if key in row} for key in KEYS}
        nameless = {row["name_key"] for row in rows if not row.keys() & set(KEYS)}
        self._load("external_id", values["external_id"])
        self._load("email", values["email"])
        self._load("profile_key", values["profile_key"])
        phones = values["phone_e164"] | {phone for match in self._known.values() if (phone := match.contact.phone_e164)}
        self._load("phone_e164", phones)
        self._load("name_key", nameless)
        if ContactMerge.objects.filter(workspace=self.job.workspace_id).exists():
            self._fetch_former(values)

    def _fetch_former(self, values: Mapping[str, set[str]]) -> None:
        matches = ContactMerge.objects.matching_former_keys(
            workspace=self.job.workspace_id,
            external_ids=values["external_id"],
            emails=values["email"],
            profiles=values["profile_key"],
            phones=values["phone_e164"],
        )
        kept = {each.contact for each in matches}
        self._load("id", kept)
        for each in matches:
            name = (each.name_key,) if each.kind == KeyKind.PHONE else ()
            self._by_former_key[LABELS[each.kind], each.value, *name] = self._known[each.contact]
        merges = ContactMerge.objects.filter(workspace=self.job.workspace_id, contact__in=list(self._known))
        for merge in merges:
            self._known[merge.contact_id].former |= {(name, str(value)) for name, value in merge.fields.items()}

    def _load(self, key: str, values: Collection[str | int]) -> None:
        """Loads the contacts that have one of the values, unless another key loaded them."""
        rows = bulk.select(Contact, ["id"], key=key, values=values, workspace_id=self.job.workspace_id)
        ids = {contact for (contact,) in rows} - self._known.keys()
        if not ids:
            return
        columns = ["contact_id", "field_mask", "values"]
        rows = bulk.select(ImportedContact, columns, key="contact_id", values=ids, job_id=self.job.pk)
        earlier = {contact: (bits_to_fields(mask), json.loads(said or "{}")) for contact, mask, said in rows}
        for contact in Contact.objects.filter(workspace=self.job.workspace_id, pk__in=ids):
            relied_on, said = earlier.get(contact.pk, (set(), {}))
            match = self._known[contact.pk] = MatchedContact(contact, relied_on=relied_on, said=said)
            self._index(match)

    def _index(self, match: MatchedContact) -> None:
        self._by_key.update(dict.fromkeys(match.identities(), match))
        if match.contact.profile_key:
            self._by_profile[match.contact.profile_key].append(match)
        if match.contact.name_key and match.contact.firm:
            self._by_name_and_firm[match.contact.name_key, fold(match.contact.firm)].append(match)

    def _unindex(self, match: MatchedContact) -> None:
        for key in match.identities():
            self._by_key.pop(key, None)
        if match.contact.profile_key:
            self._by_profile[match.contact.profile_key].remove(match)
        if match.contact.name_key and match.contact.firm:
            self._by_name_and_firm[match.contact.name_key, fold(match.contact.firm)].remove(match)


def _may_have_name(contact: Contact, name: str) -> bool:
    return not (name and contact.full_name) or may_be_same_name(name, contact.full_name)


def _describe(identity: Identity) -> str:
    kind, *values = identity
    if not values:
        return gettext("the %(kind)s, as somebody decided,") % {"kind": gettext(kind)}
    value, *names = values
    words = gettext("the %(kind)s “%(value)s” with this name") if names else gettext("the %(kind)s “%(value)s”")
    return words % {"kind": gettext(kind), "value": value}
