"""Django's PostgreSQL, for tables whose key is (workspace, id): docs/scale.md.

A backend of one's own is Django's way to say what a database can do ("Subclassing the built-in database backends").
"""

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
