"""Whom a campaign calls first: the people of its priority audience, if a manager chose one."""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q

from campaigns.audience import Rule, RuleInvalid
from campaigns.models import Campaign
from markets.models import Workspace

NOBODY = Q(pk=None)


def priority_people(workspace: Workspace, campaigns: Collection[Campaign]) -> Q:
    """Condition on members of the campaigns: in the priority audience of their campaign.

    A rule that no longer holds, as after a custom field was removed, puts nobody first.
    """
    conditions = []
    for campaign in campaigns:
        if campaign.priority_rule is not None and (rule := _readable(campaign, workspace)):
            people = rule.people(workspace).order_by().values("pk")
            conditions.append(Q(campaign=campaign.pk, contact__in=people))
    return reduce(or_, conditions, NOBODY)


def priority_problem(campaign: Campaign, workspace: Workspace) -> str:
    """Why the priority audience can't be used any more; empty if it can, or if there is none."""
    try:
        if campaign.priority_rule is not None:
            Rule.parse(campaign.priority_rule, workspace)
    except RuleInvalid as invalid:
        return str(invalid)
    return ""


def _readable(campaign: Campaign, workspace: Workspace) -> Rule | None:
    try:
        return Rule.parse(campaign.priority_rule, workspace)
    except RuleInvalid:
        return None
