"""Saved audiences of the sample."""

from campaigns.audience import Rule
from markets.models import User, Workspace

AUDIENCES: dict[str, list[dict[str, object]]] = {
    "Showed interest, free to call": [
        {"kind": "interest"},
        {"kind": "member", "of": "running", "negated": True},
        {"kind": "suppressed", "negated": True},
        {"kind": "number"},
    ],
    "Partners not called for 90 days": [
        {"kind": "seniority", "op": "contains", "values": ["Partner"]},
        {"kind": "last_call", "op": "within_days", "days": 90, "negated": True},
    ],
}


def save_audiences(workspace: Workspace, by: User) -> None:
    for name, conditions in AUDIENCES.items():
        rule = Rule.parse({"version": 1, "match": "all", "conditions": conditions}, workspace)
        workspace.audiences.create(name=name, rule=rule.as_json(), created_by=by)
