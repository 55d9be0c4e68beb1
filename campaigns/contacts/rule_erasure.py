"""Erases a person from saved rules, and the names of audiences, tags and the like."""

from typing import Any

from django.db.models import Model, Q

from campaigns.bulk.selection import forget_selections
from campaigns.models import (
    Audience,
    AudienceProposal,
    Campaign,
    CampaignTemplate,
    SavedView,
    SharedLink,
)
from config.ui.english import in_english
from markets.contacts.erasure import ERASED_TEXT, Identity
from markets.models import Contact, CustomField, Market, Tag
from markets.search import people_found

LABELS = (
    *((Audience, "name"), (Tag, "name"), (SharedLink, "label"), (Campaign, "name"), (CampaignTemplate, "name")),
    (SavedView, "name"),
    *((CustomField, "name"), (Market, "practice_area"), (Market, "geography")),
    *((Market, "seniority"), (Market, "firm_tier")),
)
"""Names that users give. Some are unique, so that the new one has the row's number."""


def erase_rules(identity: Identity) -> None:
    """Replaces searches for the person and values that name them. The rules stay valid and find nobody by these.

    Runs while the person's own fields are still there.
    """
    workspace = identity.contact.workspace_id
    for audience in Audience.objects.filter(workspace=workspace):
        _erase_fields(audience, ["rule"], identity)
    for view in SavedView.objects.filter(workspace=workspace):
        searched = view.query.get("q") or []
        if any(_finds_only(str(text), identity.contact) for text in searched):
            view.query["q"] = [ERASED_TEXT]
            view.save(update_fields=["query"])
        _erase_fields(view, ["query"], identity)
    _erase_selections(identity)
    ruled = Q(rule__isnull=False) | Q(priority_rule__isnull=False)
    for campaign in Campaign.objects.filter(ruled, workspace=workspace):
        _erase_fields(campaign, ["rule", "priority_rule"], identity)
    for proposal in AudienceProposal.objects.filter(workspace=workspace).iterator(chunk_size=1000):
        _erase_fields(proposal, ["rule"], identity)


def _erase_selections(identity: Identity) -> None:
    """Clears selections by a filter that names the person."""
    workspace = identity.contact.workspace
    selections = workspace.people_selections.all()
    naming = [
        selection.pk for selection in selections if any(_names_person(query, identity) for query in selection.queries)
    ]
    forget_selections(workspace, selections.filter(pk__in=naming))


def _names_person(query: dict[str, Any], identity: Identity) -> bool:
    searched = query.get("q") or []
    is_found = any(_finds_only(str(text), identity.contact) for text in searched)
    return is_found or _without_person(query, identity) != query


def erase_labels(identity: Identity) -> None:
    """Renames what is called after the person."""
    for model, field in LABELS:
        rows = model._default_manager.filter(workspace=identity.contact.workspace_id)
        for key, label in rows.values_list("pk", field):
            if identity.is_in_text(label):
                with in_english():
                    rows.filter(pk=key).update(**{field: f"{model._meta.verbose_name} {key}".capitalize()})


def _erase_fields(row: Model, fields: list[str], identity: Identity) -> None:
    changed = {field: _without_person(getattr(row, field), identity) for field in fields}
    changed = {field: value for field, value in changed.items() if value != getattr(row, field)}
    for field, value in changed.items():
        setattr(row, field, value)
    if changed:
        row.save(update_fields=list(changed))


def _without_person(value: Any, identity: Identity) -> Any:
    """The value with each text replaced that names the person: a sentence, or a value in a stored rule."""
    if isinstance(value, str):
        return ERASED_TEXT if identity.is_in_text(value) else value
    if isinstance(value, list):
        return [_without_person(each, identity) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "search" and _finds_only(str(value.get("text", "")), identity.contact):
        return value | {"text": ERASED_TEXT}
    return {key: _without_person(each, identity) for key, each in value.items()}


def _finds_only(text: str, contact: Contact) -> bool:
    """Whether the search finds the person and nobody else: a first name that many have says nothing of them."""
    found = contact.workspace.contacts.filter(people_found(text, contact.workspace))
    return list(found.order_by().values_list("pk", flat=True)[:2]) == [contact.pk]
