"""Who joins and who leaves a campaign by its rule, and why."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from campaigns.audience import Rule
from campaigns.follow_up.rules import all_of, opposite, without_version
from campaigns.membership import landscape_of, not_member_of
from campaigns.models import Campaign
from markets.models.landscape import ContactQuerySet
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed

ONLY_TO_JOIN = frozenset({"last_call", "number"})
"""Conditions that say who may be called now. They decide who joins; a member they no longer hold for stays, as being
called, or waiting for a repaired number, is part of being in the campaign."""


def rule_of(campaign: Campaign) -> Rule:
    """Raises RuleInvalid, for example if a custom field was removed."""
    return Rule.parse(campaign.rule or {}, campaign.workspace)


def joining(campaign: Campaign, rule: Rule) -> ContactQuerySet:
    """People of the landscape who match and are no members. Never anybody who may not be called."""
    return landscape_of(campaign).filter(
        rule.condition(campaign.workspace), not_member_of(campaign), ~is_suppressed(), ~is_off_limits()
    )


def leaving(campaign: Campaign, rule: Rule) -> ContactQuerySet:
    """Members who no longer match what it takes to stay."""
    matching = staying_rule(campaign, rule).people(campaign.workspace)
    return members_of(campaign).filter(~Exists(matching.filter(pk=OuterRef("pk"))))


def members_of(campaign: Campaign) -> ContactQuerySet:
    contacts: ContactQuerySet = campaign.workspace.contacts.all()
    return contacts.filter(Exists(campaign.members.current().filter(contact=OuterRef("pk"))))


def staying_rule(campaign: Campaign, rule: Rule) -> Rule:
    """The rule without the conditions that only decide who joins."""
    kept = _without_joining(rule.as_json())
    return Rule.parse(kept or {**rule.as_json(), "match": "all", "conditions": []}, campaign.workspace)


def _without_joining(node: Mapping[str, Any]) -> dict[str, Any] | None:
    """The group without such conditions at any depth, or None if nothing is left of it."""
    kept: list[Mapping[str, Any]] = []
    for each in node["conditions"]:
        if "kind" not in each:
            kept += filter(None, [_without_joining(each)])
        elif not _is_only_to_join(each):
            kept.append(each)
    return {**node, "conditions": kept} if kept else None


def _is_only_to_join(condition: Mapping[str, Any]) -> bool:
    is_of_running = condition["kind"] == "member" and condition.get("of") != "campaigns"
    return is_of_running or condition["kind"] in ONLY_TO_JOIN


def why_joining(campaign: Campaign, rule: Rule, contacts: Iterable[int]) -> dict[int, str]:
    ids = list(contacts)
    found = rule.reasons(campaign.workspace, ids)
    return {contact: "; ".join(found.get(contact, ())) or _("Matches the audience") for contact in ids}


def why_leaving(campaign: Campaign, rule: Rule, contacts: Iterable[int]) -> dict[int, str]:
    """What speaks against each of these members: of a rule all of which must hold, the conditions that do not."""
    ids = list(contacts)
    staying: dict[str, Any] = without_version(staying_rule(campaign, rule).as_json())
    said: dict[int, list[str]] = {contact: [] for contact in ids}
    for part in staying["conditions"] if staying["match"] == "all" else [staying]:
        against = Rule.parse(all_of(opposite(part)), campaign.workspace)
        for contact, texts in against.reasons(campaign.workspace, ids).items():
            said[contact] += texts
    return {contact: "; ".join(texts) or _("Doesn't match the audience") for contact, texts in said.items()}
