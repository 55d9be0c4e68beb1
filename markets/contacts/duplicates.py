"""Who may be in a workspace twice: likely pairs, found by what they share and never by comparing all with all."""

import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max
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
from markets.models import Contact, NotDuplicate, User, Workspace

MAX_GROUP_SIZE = 5
"""A number of more people is a switchboard's, and a name of more is a common one: neither says who they are."""
WINDOW = 30
"""How many neighbours a person is compared with among those who share something: it bounds the work."""
LARGE_WORKSPACE, LARGE_CACHE_SECONDS = 20_000, 60
"""What was found among so many people is shown for so many seconds, though somebody may have changed since."""
CACHE_SECONDS = 3600
PUBLIC_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com "
    "aol.com gmx.com gmx.de web.de proton.me protonmail.com mail.com yandex.ru mail.ru qq.com 163.com".split()
)
LEGAL_FORMS = frozenset("llp llc lp ltd limited inc corp corporation co company plc gmbh ag sa sas bv pllc pc".split())

KINDS = {"name": "Same name", "near": "Nearly the same name", "phone": "Same phone"}


class Pair(NamedTuple):
    """Two contacts who may be one person, by id; `why` says by kind (KINDS) what speaks for it."""

    low: int
    high: int
    why: dict[str, str]


Evidence = dict[tuple[int, int], dict[str, str]]
"""What speaks for a pair of ids being one person, by kind."""


@dataclass(slots=True)
class ComparedContact:
    """What of a contact is compared."""

    pk: int
    name: Name
    joined: str
    firm: str
    domain: str
    phone: str

    @classmethod
    def read(cls, pk: int, name_key: str, firm: str, email: str, phone: str) -> "ComparedContact":
        name, domain = parse_name(name_key), email.partition("@")[2]
        return cls(pk, name, str(name), normalise_firm(firm), "" if domain in PUBLIC_DOMAINS else domain, phone)

    def ids(self, other: "ComparedContact") -> tuple[int, int]:
        return (self.pk, other.pk) if self.pk < other.pk else (other.pk, self.pk)


@dataclass(frozen=True)
class CachedSearch:
    """What a search found, among whom and when."""

    pairs: list[Pair]
    state: tuple[Any, ...]
    at: float


def likely_duplicates(workspace: Workspace) -> list[Pair]:
    """The likeliest first, without those that somebody looked at: two people, or one by now."""
    apart = set(NotDuplicate.objects.filter(workspace=workspace).values_list("low", "high"))
    gone = set(workspace.contact_merges.values_list("merged_id", flat=True))
    return [
        pair
        for pair in _cached_pairs(workspace)
        if (pair.low, pair.high) not in apart and pair.low not in gone and pair.high not in gone
    ]


def mark_not_duplicates(*, workspace: Workspace, one: Contact, other: Contact, by: User | None) -> None:
    """Remembers that these two are not the same person, once."""
    low, high = sorted((one.pk, other.pk))
    NotDuplicate.objects.get_or_create(workspace=workspace, low_id=low, high_id=high, defaults={"decided_by": by})


def _cached_pairs(workspace: Workspace) -> list[Pair]:
    """Kept until somebody in the workspace changes; in a large one also for a while after that."""
    key = f"likely-duplicates-{workspace.pk}"
    count, changed_at = workspace.contacts.aggregate(n=Count("pk"), at=Max("updated_at")).values()
    kept: CachedSearch | None = cache.get(key)
    if kept and (
        kept.state == (count, changed_at) or (count > LARGE_WORKSPACE and time.time() - kept.at < LARGE_CACHE_SECONDS)
    ):
        return kept.pairs
    found = CachedSearch(find_pairs(workspace), (count, changed_at), time.time())
    cache.set(key, found, CACHE_SECONDS)
    return found.pairs


def find_pairs(workspace: Workspace) -> list[Pair]:
    """One pass over the people: each is compared only with those who share a number, or a part of their name at one
    firm, address or number."""
    stored = workspace.contacts.order_by("pk").values_list("pk", "name_key", "firm", "email", "phone_e164")
    people = [ComparedContact.read(*row) for row in stored.iterator(chunk_size=5000)]
    signs: Evidence = defaultdict(dict)
    _compare_names_within(people, "firm", "at the same firm", signs)
    _compare_names_within(people, "domain", "with addresses at the same domain", signs)
    _compare_names_within(people, "phone", "on the same number", signs)
    _add_same_names(people, signs)
    _add_same_phones(people, signs)
    return sorted((Pair(*ids, why) for ids, why in signs.items()), key=_sort_key)


def _sort_key(pair: Pair) -> tuple[Any, ...]:
    return -len(pair.why), "name" not in pair.why, "near" not in pair.why, *sorted(pair.why.values()), pair.low


def _compare_names_within(people: Iterable[ComparedContact], place: str, where: str, signs: Evidence) -> None:
    for group in _groups((getattr(each, place), each) for each in people):
        if place != "firm" and group[0].firm and all(each.firm == group[0].firm for each in group):
            continue  # compared already, at their firm
        for one, other in _candidate_pairs(group):
            ids = one.ids(other)
            if ids not in signs and (text := describe_difference(one.name, other.name)):
                kind = "name" if text == SAME_NAME else "near"
                signs[ids][kind] = f"{text} {where}"


def _candidate_pairs(group: Sequence[ComparedContact]) -> Iterator[tuple[ComparedContact, ComparedContact]]:
    """Pairs that are worth a look: alike in letters, in last name and initial, or in a first or last name and nearly
    in the other. A pair can come more than once."""
    for block in _groups((key, each) for each in group for key in _blocking_keys(each.name)):
        yield from _neighbours(block)
    for end in (0, -1):
        for block in _groups((each.name.words[end], each) for each in group if each.name.words):
            for one, other in _neighbours(block):
                if OSA.distance(one.joined, other.joined, score_cutoff=MAX_EDIT_DISTANCE) <= MAX_EDIT_DISTANCE:
                    yield one, other


def _blocking_keys(name: Name) -> Iterator[Hashable]:
    """What nobody shares by chance: all letters; the last name with the initial of a first name or nickname."""
    if not name.words:
        return
    yield "".join(sorted("".join(name.words)))
    yield name.words[-1], name.words[0][0]
    for nickname in name.nicknames:
        yield name.words[-1], nickname[:1]


def _neighbours(block: Sequence[ComparedContact]) -> Iterator[tuple[ComparedContact, ComparedContact]]:
    """All pairs of a few, and of many those that stand near each other in the alphabet."""
    if len(block) > WINDOW:
        block = sorted(block, key=lambda each: (each.joined, each.pk))
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + WINDOW]:
            yield one, other


def _add_same_names(people: Iterable[ComparedContact], signs: Evidence) -> None:
    """Somebody whose firm is not known may be the one person of that name whose firm is."""
    for group in _groups((each.name.words, each) for each in people):
        if len(group) <= MAX_GROUP_SIZE:
            for one, other in combinations(group, 2):
                if not (one.firm and other.firm) and one.ids(other) not in signs:
                    signs[one.ids(other)]["name"] = (
                        f"{SAME_NAME}, and a firm is known of {'one' if one.firm or other.firm else 'neither'}"
                    )


def _add_same_phones(people: Iterable[ComparedContact], signs: Evidence) -> None:
    for group in _groups((each.phone, each) for each in people):
        if len(group) <= MAX_GROUP_SIZE:
            for one, other in combinations(group, 2):
                signs[one.ids(other)]["phone"] = f"same phone {one.phone}"


def _groups[K: Hashable](keyed: Iterable[tuple[K, ComparedContact]]) -> list[list[ComparedContact]]:
    """Those who share a key with somebody. A blank key is none."""
    groups: dict[K, list[ComparedContact]] = {}
    for key, person in keyed:
        if key:
            groups.setdefault(key, []).append(person)
    return [group for group in groups.values() if len(group) > 1]


@lru_cache(maxsize=50_000)
def normalise_firm(firm: str) -> str:
    """A firm's name as it is compared: without its legal form."""
    words = simplify(fold(firm)).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)
