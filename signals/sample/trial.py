"""Sample data that a manager adds to an empty workspace to try it, and removes again.

The workspace notes every row that was made. Removing takes exactly these, except those that something made by people
refers to: a sample person whom somebody called stays, with the campaign and the market of the call.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import batched
from random import Random
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ForeignKey, Model
from django.utils.timezone import now

from calls.derived import refresh, refresh_contact
from calls.models import Call, CampaignDay, CampaignHour
from campaigns.models import BulkActionPerson, Campaign, CampaignContact, SelectedContact, SelectedPerson
from markets.models import ApiToken, AuditAction, AuditEvent, Contact, Invitation, Membership, User, Workspace
from markets.workspaces.audit import record_event
from signals.models import SignalSuggestion
from signals.sample.calls import simulate_calls
from signals.sample.campaigns import plan_campaigns
from signals.sample.people import add_people
from signals.sample.scenario import Scenario, Size, Staff
from signals.sample.writer import Writer

SIZE = Size(people=120, calls=320, signals=90, markets=1, campaigns=3)
"""Written in about a second."""
NOT_COUNTED: set[type[Model]] = {Membership, Invitation, ApiToken, AuditEvent}
"""Rows of a workspace that no sample makes and no sample row needs."""
FOLLOWING: set[type[Model]] = {
    *(CampaignDay, CampaignHour, SignalSuggestion),
    *(SelectedContact, SelectedPerson, BulkActionPerson),
}
"""Rows that follow from others: they go with what they are about, whoever caused them, and keep nothing."""
NAMED: tuple[type[Model], ...] = (Call, Contact, Campaign)
CHUNK = 500

type Rows = dict[type[Model], set[int]]


@dataclass(frozen=True)
class Removal:
    """What removing the sample would do: rows removed, sample rows kept, and the people's rows that keep them."""

    removed: Rows
    kept: Rows
    added: Rows

    @property
    def kept_campaigns(self) -> set[int]:
        return self.kept.get(Campaign, set())

    @property
    def added_in_words(self) -> str:
        """Such as: 2 calls, 1 note."""
        counts = sorted((str(_name(model, len(keys))), len(keys)) for model, keys in self.added.items() if keys)
        return ", ".join(f"{count:,} {name}" for name, count in counts)

    @property
    def kept_in_words(self) -> str:
        shown = [(model, self.kept.get(model)) for model in NAMED]
        return ", ".join(f"{len(keys):,} {_name(model, len(keys))}" for model, keys in shown if keys)


@transaction.atomic
def add_sample(*, workspace: Workspace, by: User) -> None:
    """Raises ValidationError unless the workspace is empty. Whoever writes rows meanwhile waits, and is waited for."""
    locked = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if locked.has_sample_data:
        raise ValidationError("The sample data is here already.")
    if locked.contacts.exists() or locked.campaigns.exists():
        raise ValidationError("Sample data can be added to an empty workspace only. This one has people or campaigns.")
    before = {model: _keys(model, locked) for model in _models()}
    scenario = Scenario(locked, Staff(by, (by,)), SIZE, now(), Random(locked.pk))  # noqa: S311 - sample data, not a secret
    add_people(scenario)
    plan_campaigns(scenario)
    simulate_calls(scenario)
    Writer(scenario, lambda calls: None).write_history()
    rows = {model._meta.label: sorted(_keys(model, locked) - before[model]) for model in _models()}
    noted = {name: keys for name, keys in rows.items() if keys}
    Workspace.objects.filter(pk=locked.pk).update(sample_rows=noted, created_at=workspace.created_at)
    _record(locked, by, "Added sample data")


def foresee_removal(workspace: Workspace) -> Removal:
    """Finds the rows made by people that refer to sample rows, and all that those need."""
    sample: Rows = {apps.get_model(label): set(keys) for label, keys in (workspace.sample_rows or {}).items()}
    kept: Rows = defaultdict(set)
    added: Rows = defaultdict(set)
    for model in _models() - FOLLOWING:
        for field in _foreign_keys(model):
            for key, target in _referring(model, field, workspace, sample.get(field.related_model, set())):
                if key not in sample.get(model, ()):
                    added[model].add(key)
                    kept[field.related_model].add(target)
    _close(workspace, sample, kept)
    removed = {model: keys - kept.get(model, set()) for model, keys in sample.items()}
    return Removal(removed, dict(kept), dict(added))


@transaction.atomic
def remove_sample(*, workspace: Workspace, by: User) -> Removal:
    """Removes the sample, recounts what stays, and returns what was done. Raises ValidationError if there is none."""
    locked = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if not locked.has_sample_data:
        raise ValidationError("There is no sample data to remove.")
    campaigns = list(locked.campaigns.select_for_update().order_by("pk"))
    removal = foresee_removal(locked)
    gone = removal.removed
    bereft = _contacts_of(gone.get(Call, set())) - gone.get(Contact, set())
    for following, field, model in _followers():
        _delete(following, field, gone.get(model, set()))
    for model, keys in gone.items():
        _delete(model, "id", keys)
    Workspace.objects.filter(pk=locked.pk).update(sample_rows=None)
    for campaign in campaigns:
        if campaign.pk in removal.kept_campaigns:
            _recount(campaign)
    for contact in Contact.objects.filter(workspace=locked, pk__in=bereft):
        refresh_contact(contact)
    _record(locked, by, "Removed sample data")
    return removal


def _models() -> set[type[Model]]:
    """The models whose rows belong to a workspace and have a number."""
    found = set()
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if "workspace" in names and model._meta.pk and model._meta.pk.name == "id":
            found.add(model)
    return found - NOT_COUNTED


def _keys(model: type[Model], workspace: Workspace) -> set[int]:
    return set(model._base_manager.filter(workspace=workspace).values_list("pk", flat=True))


def _foreign_keys(model: type[Model]) -> list[Any]:
    mine = _models()
    fields = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    return [field for field in fields if field.related_model in mine]


def _referring(
    model: type[Model], field: Any, workspace: Workspace, targets: Collection[int]
) -> Iterator[tuple[int, int]]:
    """The rows that refer by `field` to one of the targets: their keys, each with that of its target."""
    rows = model._base_manager.filter(workspace=workspace)
    for chunk in batched(targets, CHUNK):
        yield from rows.filter(**{f"{field.name}__in": chunk}).values_list("pk", field.attname)


def _close(workspace: Workspace, sample: Rows, kept: Rows) -> None:
    """Adds to the kept rows the sample rows that they need in their turn, until nothing is missing."""
    _keep_members(workspace, sample, kept)
    todo = {model: set(keys) for model, keys in kept.items()}
    while todo:
        model, keys = todo.popitem()
        for field in _foreign_keys(model):
            needed: set[int] = set()
            for chunk in batched(keys, CHUNK):
                rows = model._base_manager.filter(workspace=workspace, pk__in=chunk)
                needed |= set(rows.values_list(field.attname, flat=True))
            if new := (needed & sample.get(field.related_model, set())) - kept[field.related_model]:
                kept[field.related_model] |= new
                todo.setdefault(field.related_model, set()).update(new)


def _keep_members(workspace: Workspace, sample: Rows, kept: Rows) -> None:
    """The sample members whose person and campaign both stay, because calls of people are counted with them."""
    members = CampaignContact.objects.filter(
        workspace=workspace, campaign__in=kept.get(Campaign, ()), contact__in=kept.get(Contact, ())
    )
    kept[CampaignContact] |= sample.get(CampaignContact, set()) & set(members.values_list("pk", flat=True))


def _followers() -> list[tuple[type[Model], str, type[Model]]]:
    """Each following model with the column of each of its references."""
    return [
        (model, field.column, field.related_model)
        for model in sorted(FOLLOWING, key=lambda each: each.__name__)
        for field in _foreign_keys(model)
    ]


def _contacts_of(calls: Collection[int]) -> set[int]:
    found: set[int] = set()
    for chunk in batched(calls, CHUNK):
        found |= set(Call.objects.filter(pk__in=chunk).values_list("contact_id", flat=True))
    return found


def _delete(model: type[Model], column: str, keys: Collection[int]) -> None:
    """Bypasses the ORM, which rightly refuses to delete rows that others refer to; keys are checked at commit."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for chunk in batched(sorted(keys), CHUNK):
            places = ", ".join(["%s"] * len(chunk))
            cursor.execute(
                f"DELETE FROM {quote(model._meta.db_table)} WHERE {quote(column)} IN ({places})",  # noqa: S608
                chunk,
            )


def _recount(campaign: Campaign) -> None:
    """Counts anew all days that have counts, and those whose counts went with the sample although a call is left."""
    days = set(CampaignDay.objects.filter(campaign=campaign).values_list("day", flat=True))
    days |= campaign.workspace.days_of(campaign.calls.values_list("started_at", flat=True))
    contacts = set(CampaignContact.objects.filter(campaign=campaign).values_list("contact_id", flat=True))
    refresh(campaign=campaign, contacts=contacts, days=days, emptied_days=days)


def _name(model: type[Model], count: int) -> str:
    words: dict[type[Model], tuple[Any, Any]] = {Contact: ("person", "people"), CampaignContact: ("member", "members")}
    one, many = words.get(model, (model._meta.verbose_name, model._meta.verbose_name_plural))
    return str(one if count == 1 else many)


def _record(workspace: Workspace, by: User, summary: str) -> None:
    record_event(workspace=workspace, user=by, action=AuditAction.SETTING_CHANGED, summary=summary, subject=workspace)
