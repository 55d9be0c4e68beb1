"""Which tables the file of a workspace has, and which of their columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Model

from markets.models import User, Workspace

ACCESS = "lets somebody in, and an installation lets in only whom it has invited itself"
TABLES_LEFT_OUT: Mapping[str, str] = {
    "markets.ApiToken": f"A token {ACCESS}.",
    "markets.Invitation": f"A link with a token {ACCESS}.",
    "markets.SignInDomain": f"It {ACCESS}: operators add a domain once they know whose it is.",
    "campaigns.SharedLink": f"A link with a token {ACCESS}. The reports that are shared by link are in the file.",
    "markets.Webhook": "Another system is told by one installation only, with a secret of their own.",
    "markets.WebhookEvent": "What is on its way to webhooks, which are not in the file.",
    "markets.WebhookDelivery": "What was sent to webhooks, which are not in the file.",
    "markets.IdempotencyKey": "Answers to requests with a token, kept for a day.",
    "markets.WorkspaceExport": "A list of files like this one.",
}
"""Tables of a workspace that are not in the file, by model, and why."""

CALENDAR = "A calendar's secret link lets in its reader; a new one is made here."
DELETION = "Concerns the deletion of this workspace, not of its copy."
LEASE = "Says which process works on the import at this moment."
COLUMNS_LEFT_OUT: Mapping[str, tuple[str, Any]] = {
    "markets.Contact.search_text": ("The database makes it of the other columns.", None),
    "markets.ImportJob.file": ("Names an uploaded file on the disk of this installation.", ""),
    "markets.ImportJob.lease_owner": (LEASE, ""),
    "markets.ImportJob.lease_until": (LEASE, None),
    "markets.ImportJob.heartbeat_at": (LEASE, None),
    "markets.Workspace.delete_after": (DELETION, None),
    "markets.Workspace.deletion_requested_by": (DELETION, None),
    "markets.Workspace.deleted_rows": (DELETION, None),
    "markets.Membership.calendar_hash": (CALENDAR, ""),
    "markets.Membership.calendar_made_at": (CALENDAR, None),
    "markets.User.password": ("Is the hash of a secret.", None),
    "markets.User.last_login": ("Concerns this installation.", None),
    "markets.User.date_joined": ("Concerns this installation.", None),
    "markets.User.is_superuser": ("Is a right in this installation.", None),
    "markets.User.is_staff": ("Is a right in this installation.", None),
}
"""Columns that are not in the file, by model and field, with the reason and the value that an import gives them."""

SECRET_WORDS = ("token", "hash", "secret", "password", "digest", "sha256", "private_key", "signing")
NO_SECRETS: Mapping[str, str] = {
    "markets.ErasedKey.digest": "A hash keyed with SECRET_KEY, by which an erased person stays suppressed.",
    "markets.ImportJob.sha256": "The checksum of an uploaded file.",
}
"""Columns in the file whose names sound like secrets, and why they are none."""


@dataclass(frozen=True)
class Column:
    """A column of the file: that of a field, under the name that it has in the database."""

    field: "models.Field[Any, Any]"

    @property
    def name(self) -> str:
        return str(self.field.column)

    @property
    def path(self) -> str:
        return path_of(self.field)

    @property
    def is_generated(self) -> bool:
        return isinstance(self.field, models.GeneratedField)

    @property
    def kind(self) -> str:
        """integer, boolean, moment, day, json or text."""
        field = self.field.output_field if isinstance(self.field, models.GeneratedField) else self.field
        while isinstance(field, models.ForeignKey):
            field = field.target_field
        kinds = {
            models.BooleanField: "boolean",
            models.IntegerField: "integer",
            models.DateTimeField: "moment",
            models.DateField: "day",
            models.JSONField: "json",
            models.UUIDField: "text",
            models.CharField: "text",
            models.TextField: "text",
        }
        return next(name for kind, name in kinds.items() if isinstance(field, kind))

    @property
    def target(self) -> type[Model] | None:
        """The model whose id it holds: that of a foreign key, and its own for a primary key."""
        if isinstance(self.field, models.ForeignKey):
            return self.field.related_model
        is_key = self.field.primary_key and isinstance(self.field, models.AutoField)
        return self.field.model if is_key else None


def path_of(field: "models.Field[Any, Any]") -> str:
    return f"{field.model._meta.label}.{field.name}"


def tenant_models() -> list[type[Model]]:
    """Every model with a key to a workspace."""
    return [model for model in apps.get_models() if not model._meta.proxy and _workspace_field(model)]


def exported_models() -> list[type[Model]]:
    """The models whose rows are in the file, the workspace first, and each after those that it refers to."""
    chosen = [model for model in tenant_models() if model._meta.label not in TABLES_LEFT_OUT]
    everything: set[type[Model]] = {Workspace, *chosen}
    sorter = TopologicalSorter[type[Model]]({model: (_targets(model) & everything) - {model} for model in chosen})
    return list(sorter.static_order())


def _targets(model: type[Model]) -> set[type[Model]]:
    return {field.related_model for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)}


def _workspace_field(model: type[Model]) -> bool:
    return any(
        isinstance(field, models.ForeignKey) and field.name == "workspace" and field.related_model is Workspace
        for field in model._meta.concrete_fields
    )


def columns_of(model: type[Model]) -> list[Column]:
    """The columns in the file. All rows have the same workspace, so it is not among them."""
    return [
        Column(field)
        for field in model._meta.concrete_fields
        if path_of(field) not in COLUMNS_LEFT_OUT and field.name != "workspace"
    ]


def is_left_out(model: type[Model] | None) -> bool:
    """Keys to such a table are empty in the file."""
    return model is not None and model._meta.label in TABLES_LEFT_OUT


def user_columns() -> list[Column]:
    return columns_of(User)


def values_of_import(model: type[Model]) -> dict[str, Any]:
    """By column, what an import gives the columns that are not in the file."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    return {
        str(field.column): COLUMNS_LEFT_OUT[path_of(field)][1] for field in fields if path_of(field) in COLUMNS_LEFT_OUT
    }
