"""The base class of all tables whose rows belong to a workspace. A row never moves to another workspace."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.db.models import Model, QuerySet


class WorkspaceModel(Model):
    """Saves and reloads rows by workspace and key, and never writes the workspace.

    In a database sharded by workspace such a statement goes to the one server that has the row. Statements that might
    move a row to another server are refused there.
    """

    workspace_id: int

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: QuerySet[Any] | None = None,
    ) -> None:
        if from_queryset is None and "workspace_id" in self.__dict__:
            rows: Any = type(self)._base_manager.db_manager(using, hints={"instance": self})
            from_queryset = rows.filter(workspace=self.workspace_id)
        super().refresh_from_db(using, fields, from_queryset)

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any, **kwargs: Any) -> Any:
        rows = base_qs.filter(workspace=self.workspace_id)
        in_place = [each for each in values if each[0].name != "workspace"]
        updated = super()._do_update(rows, using, pk_val, in_place, *args, **kwargs)
        if not updated and base_qs.filter(pk=pk_val).exists():  # or save() would insert a second row with this key
            raise IntegrityError(f"{self._meta.object_name} {pk_val} belongs to another workspace.")
        return updated
