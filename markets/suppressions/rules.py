"""Suppressions of a number prefix or an email domain: the rules that suppress every contact they cover.

Each covered contact has a suppression of its own, so that nothing else needs to know of rules. Whoever was freed from a
rule stays free of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q

from config.db import bulk
from config.db.advisory_locks import lock_exclusively, lock_shared
from markets.models import Contact, Suppression
from markets.models.suppressions import MAX_REASON_LENGTH
from markets.suppressions.erased_keys import suppress_contacts_with_erased_keys
from markets.webhooks.publish import publish_suppressed

LOCK = "suppression_rules"
MOST_SEARCHED = 20
"""The database searches contacts for up to so many rules; for more of them all contacts are read."""

CoveredContact = tuple[int, str, str]
"""The id, the number in E.164 and the email address."""


def apply_suppression_rules(*, workspace: int, contacts: Collection[int]) -> set[int]:
    """Suppresses the contacts (by id) that a rule in force covers or that have a key of an erased person who must not
    be called. Returns the ids that are newly suppressed.

    Call it in every transaction that writes keys of contacts or adds contacts to a campaign. A contact whose
    suppression by the same rule was lifted stays free of it: a person decided so.
    """
    if not contacts:
        return set()
    lock_shared(LOCK, workspace)  # a rule made meanwhile covers these contacts, too, once they are committed
    rules = list(Suppression.objects.in_force().rules().filter(workspace=workspace))
    covered: set[int] = set()
    if rules:
        rows = bulk.select(Contact, ["id", "phone_e164", "email"], key="id", values=contacts, workspace_id=workspace)
        covered = _cover(workspace, rules, rows)
    return covered | suppress_contacts_with_erased_keys(workspace=workspace, contacts=contacts)


def lock_rules(workspace: int) -> None:
    """Lock them before rules are created or lifted: until the transaction ends, nobody writes contacts' keys."""
    lock_exclusively(LOCK, workspace)


def cover_contacts(rules: Sequence[Suppression]) -> int:
    """Suppresses every contact of the workspace that new rules cover, and returns their number. Needs `lock_rules`."""
    if not rules:
        return 0
    workspace = rules[0].workspace_id
    contacts = Contact.objects.filter(workspace=workspace)
    if len(rules) <= MOST_SEARCHED:
        contacts = contacts.filter(_covered_by_any(rules))
    rows = contacts.order_by("pk").values_list("pk", "phone_e164", "email")
    return len(_cover(workspace, rules, rows.iterator(chunk_size=10_000)))


def _covered_by_any(rules: Iterable[Suppression]) -> Q:
    covered = Q(pk=None)
    for rule in rules:
        if rule.phone_prefix:
            covered |= Q(phone_e164__startswith=rule.phone_prefix)
        if rule.email_domain:
            covered |= Q(email__endswith=f"@{rule.email_domain}") | Q(email__endswith=f".{rule.email_domain}")
    return covered


class _RulesByKey:
    """Finds the rules that cover a contact, however many there are."""

    def __init__(self, rules: Iterable[Suppression]):
        self._by_prefix: defaultdict[str, list[Suppression]] = defaultdict(list)
        self._by_domain: defaultdict[str, list[Suppression]] = defaultdict(list)
        for rule in rules:
            if rule.phone_prefix:
                self._by_prefix[rule.phone_prefix].append(rule)
            if rule.email_domain:
                self._by_domain[rule.email_domain].append(rule)
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix})

    def covering(self, phone: str, email: str) -> Iterator[Suppression]:
        for length in self._lengths:
            if len(phone) >= length:
                yield from self._by_prefix.get(phone[:length], ())
        if self._by_domain and email:
            domain = email.rpartition("@")[2]
            while domain:
                yield from self._by_domain.get(domain, ())
                domain = domain.partition(".")[2]


def _cover(workspace: int, rules: Iterable[Suppression], contacts: Iterable[CoveredContact]) -> set[int]:
    """Creates the missing suppressions of contacts that the rules cover, and returns the ids of their contacts."""
    by_key = _RulesByKey(rules)
    pairs = {(rule.pk, contact): rule for contact, phone, email in contacts for rule in by_key.covering(phone, email)}
    known = bulk.select(
        Suppression,
        ["rule_id", "contact_id"],
        key="contact_id",
        values={contact for _, contact in pairs},
        workspace_id=workspace,
    )
    already = set(known)
    new = {pair: rule for pair, rule in pairs.items() if pair not in already}
    created = Suppression.objects.bulk_create(
        (
            Suppression(
                workspace_id=workspace,
                contact_id=contact,
                rule=rule,
                reason=_reason(rule),
                created_by_id=rule.created_by_id,
            )
            for (_, contact), rule in new.items()
        ),
        batch_size=1000,
    )
    publish_suppressed(workspace, created)
    return {contact for _, contact in new}


def _reason(rule: Suppression) -> str:
    by_rule = f" (by the rule {rule.whom})"
    return rule.reason[: MAX_REASON_LENGTH - len(by_rule)] + by_rule
