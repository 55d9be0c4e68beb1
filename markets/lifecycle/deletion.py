"""Deletes a workspace whose grace period is over, with every row of every table that has its id.

A chunk of rows is one transaction, which also notes how many are gone: if it is killed, the next run goes on. The rows
of a table are deleted before those that they refer to, in an order that follows from the models. The ORM rightly
refuses to delete what history refers to, so this is SQL.
"""

from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import FileField, Model
from django.utils.timezone import now

from config.db.append_only import removable
from config.db.composite_keys import CompositeForeignKey
from markets.models import AuditAction, Workspace
from markets.models.history.audit import MAINTENANCE
from markets.models.workspaces import WorkspaceQuerySet
from markets.workspaces.audit import record_event

CHUNK = 2000


class DeletionIncomplete(Exception):
    """Rows were added meanwhile. The next run deletes them."""


def due_for_deletion() -> WorkspaceQuerySet:
    """Workspaces whose grace period is over, and those whose deletion was interrupted."""
    return Workspace.objects.filter(archived_at__isnull=False, delete_after__lte=now()).order_by("pk")


def delete_workspace(workspace: Workspace) -> dict[str, int]:
    """Deletes a workspace that is due, or goes on with it. Returns how many rows were deleted of each table. The audit
    log of the installation keeps these numbers and who requested it. Raises DeletionIncomplete."""
    due_for_deletion().filter(pk=workspace.pk, deleted_rows__isnull=True).update(deleted_rows={})
    if not due_for_deletion().filter(pk=workspace.pk, deleted_rows__isnull=False).exists():
        return {}  # brought back meanwhile, or another process was faster
    delete_rows(workspace)
    return _finish(workspace)


def delete_rows(workspace: Workspace, *, chunk: int = CHUNK) -> None:
    """Deletes all rows of a workspace but its own."""
    for model in tables_of_workspaces():
        _delete_files(workspace, model)
        while _delete_chunk(workspace, model, chunk):
            pass


@cache
def tables_of_workspaces() -> list[type[Model]]:
    """The models whose rows belong to a workspace. What refers to others comes before them."""
    owned = {model for model in apps.get_models() if any(field.name == "workspace" for field in model._meta.fields)}
    referring: dict[type[Model], set[type[Model]]] = {model: set() for model in owned}
    for model in owned:
        composite = [each for each in model._meta.constraints if isinstance(each, CompositeForeignKey)]
        referred = {field.related_model for field in model._meta.fields} | {
            apps.get_model(each.to) for each in composite
        }
        for other in owned & referred - {model}:
            referring[other].add(model)
    return list(TopologicalSorter(referring).static_order())


def _delete_files(workspace: Workspace, model: type[Model]) -> None:
    """Before the rows that name them: a killed run finds the names again, and a missing file is no error."""
    for field in model._meta.fields:
        if isinstance(field, FileField):
            rows = model._base_manager.filter(workspace=workspace).exclude(**{field.name: ""})
            for name in rows.values_list(field.name, flat=True):
                field.storage.delete(name)


@transaction.atomic
def _delete_chunk(workspace: Workspace, model: type[Model], chunk: int) -> int:
    """Deletes some rows to which no row of the same table refers. The lock keeps others from adding rows."""
    locked = Workspace.objects.select_for_update().get(pk=workspace.pk)
    with removable(MAINTENANCE, None), connection.cursor() as cursor:
        cursor.execute(_statement(model), [workspace.pk, workspace.pk, chunk])
        count = cursor.rowcount
    if count:
        locked.deleted_rows = dict(Counter(locked.deleted_rows or {}) + Counter({model._meta.db_table: count}))
        locked.save(update_fields=["deleted_rows"])
    return count


def _statement(model: type[Model]) -> str:
    quote: Any = connection.ops.quote_name
    options: Any = model._meta
    table = quote(options.db_table)
    key = ", ".join(quote(field.column) for field in options.pk_fields)
    leaves = "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {table} child WHERE child.workspace_id = parent.workspace_id"  # noqa: S608
        f" AND child.{quote(field.column)} = parent.{quote(field.target_field.column)})"
        for field in options.fields
        if field.related_model is model
    )
    chosen = f"SELECT {key} FROM {table} parent WHERE workspace_id = %s{leaves} LIMIT %s"  # noqa: S608
    return f"DELETE FROM {table} WHERE workspace_id = %s AND ({key}) IN ({chosen})"  # noqa: S608


@transaction.atomic
def _finish(workspace: Workspace) -> dict[str, int]:
    """Deletes the workspace's own row. One event of the installation's audit log remains, without a name."""
    locked = Workspace.objects.select_for_update().get(pk=workspace.pk)
    left = [model for model in tables_of_workspaces() if model._base_manager.filter(workspace=workspace).exists()]
    if left:
        raise DeletionIncomplete(f"Rows are left in {', '.join(model._meta.db_table for model in left)}.")
    counts = locked.deleted_rows or {}
    record_event(
        workspace=None,
        user=locked.deletion_requested_by,
        action=AuditAction.WORKSPACE_DELETED,
        summary=f"Deleted a workspace with {sum(counts.values()):,} rows",
        subject=locked,
        details={"rows": counts},
    )
    delete_own_row(locked)
    return counts


def delete_own_row(workspace: Workspace) -> None:
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Workspace._meta.db_table)
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [workspace.pk])  # noqa: S608
