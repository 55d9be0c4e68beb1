"""Ids that are no foreign keys: within JSON, within texts, and in columns of numbers.

An import gives every row a new id, so these have to follow. An export notes which ids occur, so that the import
reserves ids for rows that are gone, too: what mentions a deleted campaign must not mention another one later.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model

from markets.models import User, Workspace
from signals.portability.contents import tenant_models

Find = Callable[[type[Model], int], int]
"""Takes a model and an id of it in the file, and returns the id to put there."""
Renumber = Callable[[Any, Find], Any]
"""Takes a value and returns it with other ids."""

MENTION = re.compile(r"\[([a-z]+) (\d+)\]")
PERSON = re.compile(r"\{person:(\d+)\}")


def renumbered(value: Any, model: type[Model], find: Find) -> Any:
    """An id, also as a text, or a list of ids. Anything else stays."""
    if isinstance(value, list):
        return [renumbered(each, model, find) for each in value]
    if isinstance(value, str):
        return str(find(model, int(value))) if value.isdecimal() and len(value) < 19 else value
    return find(model, value) if isinstance(value, int) and not isinstance(value, bool) else value


def by_key(keys: Mapping[str, str], *, text: "re.Pattern[str] | None" = None, of: str = "") -> Renumber:
    """For JSON: at any depth, the values of these keys are ids of these models.

    `key[]` means a list only, and `key{}` an object whose own keys are ids. `text` finds ids of model `of` in texts.
    """

    def renumber(value: Any, find: Find) -> Any:
        if isinstance(value, list):
            return [renumber(each, find) for each in value]
        if isinstance(value, str) and text:
            return text.sub(lambda found: _replace(found, find), value)
        if not isinstance(value, dict):
            return value
        return {key: _of_key(key, inner, find) for key, inner in value.items()}

    def _replace(found: "re.Match[str]", find: Find) -> str:
        start, end = found.start(1) - found.start(), found.end(1) - found.start()
        return f"{found[0][:start]}{find(apps.get_model(of), int(found[1]))}{found[0][end:]}"

    def _of_key(key: str, inner: Any, find: Find) -> Any:
        if isinstance(inner, dict):
            label, rest = keys.get(f"{key}{{}}"), renumber(inner, find)
            return {renumbered(each, apps.get_model(label), find): v for each, v in rest.items()} if label else rest
        label = keys.get(key) or (keys.get(f"{key}[]") if isinstance(inner, list) else None)
        return renumbered(inner, apps.get_model(label), find) if label else renumber(inner, find)

    return renumber


def _sample_rows(value: Any, find: Find) -> Any:
    """By model the ids of rows."""
    return {label: renumbered(ids, apps.get_model(label), find) for label, ids in (value or {}).items()} or value


RULE = {
    "campaigns": "campaigns.Campaign",
    "markets": "markets.Market",
    "imports": "markets.ImportJob",
    "tags": "markets.Tag",
}
"""What conditions of audiences name."""
FILTERS = {
    "market": "markets.Market",
    "campaign_market": "markets.Market",
    "campaign": "campaigns.Campaign",
    "tag": "markets.Tag",
    "audience": "campaigns.Audience",
    "off_limits_by": "markets.OffLimits",
    "imported_by": "markets.ImportJob",
    "rule": "markets.Suppression",
    "caller": "markets.User",
    "assigned": "markets.User",
    "owner": "markets.User",
    "user": "markets.User",
    "author": "markets.User",
}
"""What filters of lists name. A rule over people is an object, and that of suppressions an id."""
DETAILS = {
    **FILTERS,
    "merged": "markets.Contact",
    "suppression": "markets.Suppression",
    "entry": "markets.OffLimits",
    "added": "markets.User",
    "of": "markets.User",
    "sources": "campaigns.Campaign",
    "bulk_action": "campaigns.BulkAction",
    "callbacks": "calls.Call",
    "calls[]": "calls.Call",
}
DOCUMENT = {
    "id": "campaigns.Campaign",
    "market_id": "markets.Market",
    "members[]": "markets.Contact",
    "person": "markets.Contact",
    "people{}": "markets.Contact",
}
MOVED = {
    "signals": "signals.Signal",
    "calls": "calls.Call",
    "campaigns": "campaigns.Campaign",
    "markets": "markets.Market",
    "suppressions": "markets.Suppression",
}

IDS_IN_JSON: Mapping[str, Renumber] = {
    "markets.Workspace.sample_rows": _sample_rows,
    "markets.AuditEvent.details": by_key(DETAILS),
    "markets.ImportJob.options": by_key({"market": "markets.Market", "campaign": "campaigns.Campaign"}),
    "markets.ImportJob.undo_report": by_key({"contact": "markets.Contact"}),
    "markets.ContactMerge.moved": by_key(MOVED),
    "campaigns.Campaign.rule": by_key(RULE),
    "campaigns.Campaign.priority_rule": by_key(RULE),
    "campaigns.Audience.rule": by_key(RULE),
    "campaigns.AudienceProposal.rule": by_key(RULE),
    "campaigns.PeopleSelection.queries": by_key(FILTERS | RULE),
    "campaigns.SavedView.query": by_key(FILTERS | RULE),
    "campaigns.CampaignReport.document": by_key(DOCUMENT, text=PERSON, of="markets.Contact"),
}
JSON_WITHOUT_IDS: Mapping[str, str] = {
    **dict.fromkeys(
        ["markets.Contact.custom", "markets.CustomField.choices", "markets.ImportedContact.values"],
        "Values of people.",
    ),
    **dict.fromkeys(
        [
            *("markets.ContactChange.before", "markets.ContactChange.after", "calls.Correction.before"),
            *("calls.Correction.after", "calls.CallReport.values", "markets.ContactMerge.fields"),
            "markets.ContactMerge.replaced",
        ],
        "Fields of people and calls that are no keys.",
    ),
    **dict.fromkeys(
        [
            *("markets.ImportPreset.options", "markets.ImportJob.header", "markets.ImportJob.skipped_lines"),
            *("markets.ImportRejection.cells", "markets.ImportJob.dry_run_report"),
        ],
        "What stands in a file, and how it is read.",
    ),
    **dict.fromkeys(
        ["campaigns.BulkAction.skipped", "campaigns.CampaignTemplate.goals", "campaigns.SavedView.columns"],
        "Numbers, and names of columns.",
    ),
}
"""JSON without ids, and what it holds instead."""

IDS_IN_NUMBERS: Mapping[str, str] = {
    "markets.ContactMerge.merged_id": "markets.Contact",
    "markets.ImportNote.call_id": "calls.Call",
}
SUBJECT = "markets.AuditEvent.subject_id"
"""An id of the model that the column subject_kind names."""
IDS_IN_TEXTS = {"markets.AuditEvent.summary"}
"""Texts that mention rows, such as [campaign 5]."""


def models_by_name() -> dict[str, type[Model]]:
    """As the audit log names them."""
    models: list[type[Model]] = [Workspace, User, *tenant_models()]
    return {str(model._meta.model_name): model for model in models}


def renumber_mentions(text: str, find: Find, models: Mapping[str, type[Model]]) -> str:
    def replace(found: "re.Match[str]") -> str:
        model = models.get(found[1])
        return f"[{found[1]} {find(model, int(found[2]))}]" if model else found[0]

    return MENTION.sub(replace, text)
