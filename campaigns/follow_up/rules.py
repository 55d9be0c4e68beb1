"""Combines conditions of rules as JSON."""

from collections.abc import Mapping
from typing import Any

from campaigns.audience.rule import VERSION

type ConditionJson = Mapping[str, Any]
"""A condition, or a group of them."""


def all_of(*conditions: ConditionJson) -> dict[str, object]:
    """The rule of which all these must hold. A group of which all must hold becomes part of it, as groups nest only a
    few deep."""
    parts = [part for condition in conditions for part in _parts(condition)]
    return {"version": VERSION, "match": "all", "conditions": parts}


def opposite(condition: ConditionJson) -> dict[str, object]:
    """Holds for those for whom the condition does not. No deeper than it has to be."""
    if "kind" in condition:
        return {**condition, "negated": not condition.get("negated", False)}
    if condition["match"] == "all":
        return {"match": "none", "conditions": [condition]}
    return {**condition, "match": "none" if condition["match"] == "any" else "any"}


def without_version(rule: ConditionJson) -> dict[str, object]:
    """A rule as a group within another one."""
    return {name: value for name, value in rule.items() if name != "version"}


def _parts(condition: ConditionJson) -> list[ConditionJson]:
    return list(condition["conditions"]) if condition.get("match") == "all" else [condition]
