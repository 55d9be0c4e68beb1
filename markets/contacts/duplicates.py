"""Finds likely duplicates: only contacts that share a key are compared, never every contact with every other."""

import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import OSA

from markets.contacts.name_similarity import (
    MAX_EDIT_DISTANCE,
    SAME_NAME,
    Name,
    describe_difference,
    parse_name,
    simplify,
)
from markets.contacts.normalization import fold
from markets.models import AuditAction, Contact, NotDuplicate, User, Workspace
from markets.workspaces.audit import mention, record_event

MAX_GROUP_SIZE = 5
"""A number shared by more contacts is a switchboard, and a name shared by more is common: no evidence."""
WINDOW = 30
"""Number of neighbours in sort order that a contact is compared with in a large block: it bounds the work."""
LARGE_WORKSPACE, LARGE_CACHE_SECONDS = 20_000, 60
"""In a workspace with more contacts, results are reused for so many seconds even if contacts have changed."""
CACHE_SECONDS = 3600
PUBLIC_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com "
    "aol.com gmx.com gmx.de web.de proton.me protonmail.com mail.com yandex.ru mail.ru qq.com 163.com".split()
)
LEGAL_FORMS = frozenset("llp llc lp ltd limited inc corp corporation co company plc gmbh ag sa sas bv pllc pc".split())

KINDS = {"name": _("Same name"), "near": _("Nearly the same name"), "phone": _("Same phone")}
PLACES = {
    "firm": gettext_noop("at the same firm"),
    "domain": gettext_noop("with addresses at the same domain"),
    "phone": gettext_noop("on the same number"),
}
ONE_FIRM = gettext_noop("same name, and a firm is known of one")
NO_FIRM = gettext_noop("same name, and a firm is known of neither")
SAME_PHONE = gettext_noop("same phone %(phone)s")


class Pair(NamedTuple):
    """The ids of two contacts that may be one person, and the reasons by kind (KINDS)."""

    low: int
    high: int
    reasons: dict[str, str]


Evidence = dict[tuple[int, int], dict[str, str]]
"""Reasons by kind for each pair of ids."""


@dataclass(slots=True)
class ComparedContact:
    """The fields of a contact that are compared."""

    pk: int
    name: Name
    name_text: str
    firm: str
    domain: str
    phone: str

    @classmethod
    def from_row(cls, pk: int, name_key: str, firm: str, email: str, phone: str) -> "ComparedContact":
        name, domain = parse_name(name_key), email.partition("@")[2]
        return cls(pk, name, str(name), normalise_firm(firm), "" if domain in PUBLIC_DOMAINS else domain, phone)

    def pair_key(self, other: "ComparedContact") -> tuple[int, int]:
        return (self.pk, other.pk) if self.pk < other.pk else (other.pk, self.pk)


@dataclass(frozen=True)
class CachedSearch:
    """The result of a search, with the state of the contacts and the time of the search."""

    pairs: list[Pair]
    state: tuple[Any, ...]
    at: float


def likely_duplicates(workspace: Workspace) -> list[Pair]:
    """The likeliest pairs first, without those that were decided to be two people or have been merged."""
    decided = set(NotDuplicate.objects.filter(workspace=workspace).values_list("low", "high"))
    merged = set(workspace.contact_merges.values_list("merged_id", flat=True))
    return [
        pair
        for pair in _cached_pairs(workspace)
        if (pair.low, pair.high) not in decided and pair.low not in merged and pair.high not in merged
    ]


@transaction.atomic
def mark_not_duplicates(*, workspace: Workspace, one: Contact, other: Contact, by: User | None) -> None:
    """Records that the two contacts are not the same person. Idempotent."""
    low, high = sorted((one.pk, other.pk))
    defaults = {"decided_by": by}
    _, is_new = NotDuplicate.objects.get_or_create(workspace=workspace, low_id=low, high_id=high, defaults=defaults)
    if is_new:
        record_event(
            workspace=workspace,
            user=by,
            action=AuditAction.CONTACTS_SET_APART,
            subject=one,
            summary=f"Said that {mention(one)} and {mention(other)} are two people",
        )


def _cached_pairs(workspace: Workspace) -> list[Pair]:
    """Cached until a contact of the workspace changes, and in a large workspace for a while after that."""
    key = f"likely-duplicates-{workspace.pk}"
    count, changed_at = workspace.contacts.aggregate(n=Count("pk"), at=Max("updated_at")).values()
    cached: CachedSearch | None = caches["computed"].get(key)
    if cached and (
        cached.state == (count, changed_at)
        or (count > LARGE_WORKSPACE and time.time() - cached.at < LARGE_CACHE_SECONDS)
    ):
        return cached.pairs
    search = CachedSearch(find_pairs(workspace), (count, changed_at), time.time())
    caches["computed"].set(key, search, CACHE_SECONDS)
    return search.pairs


def find_pairs(workspace: Workspace) -> list[Pair]:
    """Compares each contact only with those on the same number, or with part of the name in common at the same firm,
    email domain or number."""
    rows = workspace.contacts.order_by("pk").values_list("pk", "name_key", "firm", "email", "phone_e164")
    contacts = [ComparedContact.from_row(*row) for row in rows.iterator(chunk_size=5000)]
    evidence: Evidence = defaultdict(dict)
    for place, where in PLACES.items():
        _compare_names_within(contacts, place, where, evidence)
    _add_same_names(contacts, evidence)
    _add_same_phones(contacts, evidence)
    return sorted((Pair(*ids, reasons) for ids, reasons in evidence.items()), key=_sort_key)


def in_words(reason: str) -> str:
    """A reason in the language of the page. Reasons are kept in English, because pages share them."""
    for where in PLACES.values():
        if reason.endswith(f" {where}"):
            return f"{gettext(reason.removesuffix(f' {where}'))} {gettext(where)}"
    before, after = SAME_PHONE.split("%(phone)s")
    if reason.startswith(before) and reason not in (ONE_FIRM, NO_FIRM):
        return gettext(SAME_PHONE) % {"phone": reason.removeprefix(before).removesuffix(after)}
    return gettext(reason)


def _sort_key(pair: Pair) -> tuple[Any, ...]:
    return (
        -len(pair.reasons),
        "name" not in pair.reasons,
        "near" not in pair.reasons,
        *sorted(pair.reasons.values()),
        pair.low,
    )


def _compare_names_within(contacts: Iterable[ComparedContact], place: str, where: str, evidence: Evidence) -> None:
    for group in _groups((getattr(each, place), each) for each in contacts):
        if place != "firm" and group[0].firm and all(each.firm == group[0].firm for each in group):
            continue  # compared already at the firm
        for one, other in _candidate_pairs(group):
            ids = one.pair_key(other)
            if ids not in evidence and (text := describe_difference(one.name, other.name)):
                kind = "name" if text == SAME_NAME else "near"
                evidence[ids][kind] = f"{text} {where}"


def _candidate_pairs(group: Sequence[ComparedContact]) -> Iterator[tuple[ComparedContact, ComparedContact]]:
    """Pairs worth comparing: same letters, same last name and initial, or the same first or last name and a similar
    whole name. A pair may be yielded more than once."""
    for block in _groups((key, each) for each in group for key in _blocking_keys(each.name)):
        yield from _neighbours(block)
    for end in (0, -1):
        for block in _groups((each.name.words[end], each) for each in group if each.name.words):
            for one, other in _neighbours(block):
                if OSA.distance(one.name_text, other.name_text, score_cutoff=MAX_EDIT_DISTANCE) <= MAX_EDIT_DISTANCE:
                    yield one, other


def _blocking_keys(name: Name) -> Iterator[Hashable]:
    """Keys that are rarely shared by chance: all letters; last name with the initial of first name or nickname."""
    if not name.words:
        return
    yield "".join(sorted("".join(name.words)))
    yield name.words[-1], name.words[0][0]
    for nickname in name.nicknames:
        yield name.words[-1], nickname[:1]


def _neighbours(block: Sequence[ComparedContact]) -> Iterator[tuple[ComparedContact, ComparedContact]]:
    """All pairs of a small block; of a large one, the pairs near each other in alphabetical order."""
    if len(block) > WINDOW:
        block = sorted(block, key=lambda each: (each.name_text, each.pk))
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + WINDOW]:
            yield one, other


def _add_same_names(contacts: Iterable[ComparedContact], evidence: Evidence) -> None:
    """A contact without a firm may be the contact of the same name with a firm."""
    for group in _groups((each.name.words, each) for each in contacts):
        if len(group) <= MAX_GROUP_SIZE:
            for one, other in combinations(group, 2):
                if not (one.firm and other.firm) and one.pair_key(other) not in evidence:
                    evidence[one.pair_key(other)]["name"] = ONE_FIRM if one.firm or other.firm else NO_FIRM


def _add_same_phones(contacts: Iterable[ComparedContact], evidence: Evidence) -> None:
    for group in _groups((each.phone, each) for each in contacts):
        if len(group) <= MAX_GROUP_SIZE:
            for one, other in combinations(group, 2):
                evidence[one.pair_key(other)]["phone"] = SAME_PHONE % {"phone": one.phone}


def _groups[K: Hashable](keyed: Iterable[tuple[K, ComparedContact]]) -> list[list[ComparedContact]]:
    """Groups of two or more contacts that share a non-blank key."""
    groups: dict[K, list[ComparedContact]] = {}
    for key, person in keyed:
        if key:
            groups.setdefault(key, []).append(person)
    return [group for group in groups.values() if len(group) > 1]


@lru_cache(maxsize=50_000)
def normalise_firm(firm: str) -> str:
    """A firm's name for comparison, without its legal form."""
    words = simplify(fold(firm)).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)
