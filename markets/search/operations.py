"""Operations of migrations: the function that folds on PostgreSQL, and indexes of folded texts."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations.base import Operation

CREATE = r"""
CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length(value) = length(value) THEN
        RETURN translate(lower(value COLLATE "C"), '''`', '');
    END IF;
    RETURN replace(replace(replace(replace(translate(regexp_replace(
        lower(normalize(translate(value, U&'''`\00b4\02b9\02bb\02bc\2018\2019\201b\2032\ff07' ||
            U&'\00ad\200b\200c\200d\2060\feff', ''), NFKD) COLLATE "und-x-icu"),
        '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g'),
        U&'łøđðħŧıς\2010\2012\2013\2014\2015\2212', 'loddhtiσ------'),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
END $$
"""


class CreateSearchFold(Operation):
    """markets.search.folding.fold, in the database. Frozen: another definition takes another function and column."""

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """No model changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(CREATE, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("DROP FUNCTION search_fold(text)")

    def describe(self) -> str:
        return "Create the function search_fold"


class AddTrigramIndex(AddIndexConcurrently):
    """On PostgreSQL, while the table stays in use; SQLite has no such index."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
