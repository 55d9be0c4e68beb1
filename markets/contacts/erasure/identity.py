"""Who a person is: all keys and names by which a text or a row may name them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from config.ui.formats import number
from markets.contacts.normalization import fold
from markets.models import Contact, ContactChange, ContactMerge, ContactPoint, FormerKey, Suppression
from markets.models.history.merges import KeyKind

ERASED_TEXT = "Erased with the person"
"""Replaces free-text reasons, which may name the person."""
IDENTIFYING_FIELDS = (
    *("full_name", "email", "external_id", "profile_key", "phone", "phone_e164", "wrong_phone"),
    "custom",
)
MIN_ID_LENGTH = 4
"""A shorter ID is not searched for in imported rows: it could be any number."""
MIN_ID_DIGITS = 6
"""An ID of digits alone that is shorter is not searched for in prose: it could be a year or an amount."""
MIN_PHONE_DIGITS = 7
MIN_SURNAME_LENGTH = 4
MIN_PARTICULAR_LENGTH = 8
"""A shorter value of a custom field could be anybody's."""

Key = tuple[str, str]


@dataclass
class Identity:
    """All keys, names and contact ids of a person, including those of contacts merged into this one."""

    contact: Contact
    keys: set[Key] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    ids: set[int] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    """The digits of phone numbers as typed, also of those that cannot be called."""
    particulars: set[str] = field(default_factory=set)
    """Values of custom fields that nobody else has and that have letters and digits, such as an address."""
    customs: set[tuple[str, str]] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    """Numbers and addresses that other contacts have, too: a text with one of them may be about these."""
    surnames: set[str] = field(default_factory=set)
    """Last names that nobody else in the workspace has."""

    @classmethod
    def of_contact(cls, contact: Contact) -> "Identity":
        identity = cls(contact, ids={contact.pk})
        identity._add({name: getattr(contact, name) for name in IDENTIFYING_FIELDS})
        for change in ContactChange.objects.filter(contact=contact):
            identity._add(change.before)
            identity._add(change.after)
        for values in contact.imports.filter(values__isnull=False).values_list("values", flat=True):
            identity._add(values or {})
        for merge in ContactMerge.objects.filter(contact=contact):
            identity.ids.add(merge.merged_id)
            identity._add(merge.fields)
            identity._add(merge.replaced)
        former = FormerKey.objects.filter(merge__contact=contact)
        identity.keys |= set(former.values_list("kind", "value"))
        for point in ContactPoint.objects.filter(contact=contact):
            identity._add({point.kind: point.typed, "phone_e164": point.phone_e164})
        for suppression in Suppression.objects.filter(contact=contact):
            identity._add({"email": suppression.email, "phone_e164": suppression.phone_e164})
        identity._compare_with_others()
        return identity

    def _add(self, fields: Mapping[str, Any]) -> None:
        self.keys |= {(kind.value, str(fields[kind])) for kind in KeyKind if fields.get(kind)}
        if name := fold(str(fields.get("full_name", ""))):
            self.names.add(name)
        if isinstance(custom := fields.get("custom"), dict):
            self.customs |= {(key, value) for key, value in custom.items() if isinstance(value, str)}
        for typed in (fields.get("phone"), fields.get("wrong_phone")):
            if len(digits := re.sub(r"\D", "", str(typed or ""))) >= MIN_PHONE_DIGITS:
                self.numbers.add(digits)

    def _compare_with_others(self) -> None:
        """Finds out what of the person others have, too."""
        others = Contact.objects.filter(workspace=self.contact.workspace_id).exclude(pk__in=self.ids)
        points = ContactPoint.objects.filter(workspace=self.contact.workspace_id).exclude(contact__in=self.ids)
        phones, emails = self.values(KeyKind.PHONE), self.values(KeyKind.EMAIL)
        for numbers in (others, points):
            self.shared |= set(numbers.filter(phone_e164__in=phones).values_list("phone_e164", flat=True))
        self.shared |= set(others.filter(email__in=emails).values_list("email", flat=True))
        surnames = {name.split()[-1] for name in self.names if " " in name}
        self.surnames = {
            surname
            for surname in surnames
            if len(surname) >= MIN_SURNAME_LENGTH and not others.filter(name_key__contains=surname).exists()
        }
        for key, value in self.customs:
            if _is_particular(value) and not others.filter(**{f"custom__{key}": value}).exists():
                self.particulars.add(fold(value))

    def values(self, kind: KeyKind) -> set[str]:
        return {value for each, value in self.keys if each == kind}

    @property
    def label(self) -> str:
        return f"Erased person {self.contact.pk}"

    @cached_property
    def _external_ids(self) -> set[str]:
        return {fold(value) for value in self.values(KeyKind.EXTERNAL_ID) if len(value) >= MIN_ID_LENGTH}

    @cached_property
    def _phones(self) -> set[str]:
        own = {value.removeprefix("+")[-9:] for value in self.values(KeyKind.PHONE) - self.shared}
        shared = [value.removeprefix("+") for value in self.shared]
        return own | {
            number[-9:] for number in self.numbers if not any(value.endswith(number[-9:]) for value in shared)
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Matches a name or a key in a folded text."""
        parts = [rf"(?<![\w.+-]){re.escape(fold(email))}(?!\w)" for email in self.values(KeyKind.EMAIL) - self.shared]
        parts += [re.escape(profile) for profile in self.values(KeyKind.PROFILE)]
        parts += [rf"(?<!\w){re.escape(value)}(?!\w)" for value in self.names | self.particulars]
        return re.compile("|".join(sorted(parts)) or r"(?!)")

    @cached_property
    def _ids_in_prose(self) -> re.Pattern[str]:
        ids = [each for each in self._external_ids if not each.isdigit() or len(each) >= MIN_ID_DIGITS]
        return re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(ids)) or r"(?!)")

    def appears_in(self, texts: Collection[str]) -> bool:
        """True if one of a row's texts contains a key of the person, or all of them together a name."""
        folded = [fold(text) for text in texts]
        if not self._external_ids.isdisjoint(folded):
            return True
        whole = " ".join(folded)
        if self._pattern.search(whole):
            return True
        if self._phones and (digits := [re.sub(r"\D", "", text) for text in folded]):
            return any(phone in each for phone in self._phones for each in digits)
        return False

    def is_in_row(self, cells: Collection[str]) -> bool:
        """As `appears_in`, and also true if a name is spread over the cells."""
        if self.appears_in(cells):
            return True
        words = {word for cell in cells for word in fold(cell).split()}
        return any(words.issuperset(name.split()) for name in self.names)

    def is_in_text(self, text: str) -> bool:
        return bool(text) and (
            self.appears_in([text, *text.split()])
            or bool(self._ids_in_prose.search(fold(text)))
            or any(self._surname_in(text))
        )

    def _surname_in(self, text: str) -> list[re.Match[str]]:
        """As names are written: in lower case the word may mean something else."""
        found = [match for name in self.surnames for match in re.finditer(rf"(?<!\w){name}(?!\w)", text, re.IGNORECASE)]
        return [match for match in found if match[0][0].isupper()]

    def without_person(self, text: str) -> str:
        """The text with the person's names replaced. A text that still says who they are is replaced as a whole."""
        if not self.is_in_text(text):
            return text
        for name in sorted(self.names, key=len, reverse=True):
            pattern = r"\s+".join(map(re.escape, name.split()))
            text = re.sub(rf"(?<!\w){pattern}(?!\w)", self.label, text, flags=re.IGNORECASE)
        for match in sorted(self._surname_in(text), key=lambda match: match.start(), reverse=True):
            text = text[: match.start()] + self.label + text[match.end() :]
        return ERASED_TEXT if self.is_in_text(text) else text

    def needles(self) -> list[str]:
        """Parts of a regular expression that every text in ASCII matches which names the person."""
        words = {max(name.split(), key=len) for name in self.names} | self.surnames | self.particulars
        words |= self._external_ids | (self.values(KeyKind.EMAIL) - self.shared) | self.values(KeyKind.PROFILE)
        numbers = {r"\D{0,3}".join(phone[-4:]) for phone in self._phones}
        return [re.escape(word) for word in sorted(words) if word.isascii()] + sorted(numbers)


def _is_particular(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) >= MIN_PARTICULAR_LENGTH
        and any(map(str.isalpha, value))
        and any(map(str.isdigit, value))
    )


def clean_reason(identity: Identity, reason: str) -> str:
    """The reason with white space collapsed. Raises ValidationError if it is empty, too long or names the person."""
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError(_("Say why the person is erased."))
    if len(reason) > 500:
        raise ValidationError(
            _("The reason has %(count)s characters; at most 500 are kept.") % {"count": number(len(reason))}
        )
    if identity.is_in_text(reason):
        raise ValidationError(
            _("The reason says who the person is, and it stays; say why without name, address or number.")
        )
    return reason
