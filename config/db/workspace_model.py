"""The base of every table whose rows belong to a workspace and never move to another."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet


class WorkspaceModel(Model):
    """Statements that write or reload a row name its workspace beside its key, and never set it.

    A database that is spread by workspace then asks the one server that has the row. It refuses a statement that might
    move a row to another.
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
        return super()._do_update(rows, using, pk_val, in_place, *args, **kwargs)
