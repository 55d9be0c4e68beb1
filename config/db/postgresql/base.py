"""Django's PostgreSQL, for tables whose key is (workspace, id), and for connections that a pooler shares.

A backend of one's own is Django's way to say what a database can do ("Subclassing the built-in database backends").
docs/scale.md and decision 27 give the reasons.
"""

from typing import Any

from django.db.backends.postgresql import base, features
from django.db.models import Model


class DatabaseFeatures(features.DatabaseFeatures):
    def allows_group_by_selected_pks_on_model(self, model: type[Model]) -> bool:
        """PostgreSQL groups by a primary key on behalf of all columns, but not by the `id` alone if it has two columns.
        Then queries group by every column that they select."""
        in_workspace = any(field.name == "workspace" and not field.null for field in model._meta.fields)
        return super().allows_group_by_selected_pks_on_model(model) and not in_workspace


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def chunked_cursor(self) -> Any:
        """Outside a transaction an ordinary cursor, whose rows are all read at once.

        A cursor of the server that outlives its transaction belongs to one connection of the server. Behind a pooler
        the next statement may reach another one.
        """
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()
