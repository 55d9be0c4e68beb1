"""Which ids occur in the rows of a workspace."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model

from markets.models import User, Workspace
from signals.portability.contents import Column
from signals.portability.references import (
    IDS_IN_JSON,
    IDS_IN_NUMBERS,
    IDS_IN_TEXTS,
    SUBJECT,
    models_by_name,
    renumber_mentions,
)


class OccurringIds:
    """The users by id, and of every other model the first and the last id."""

    def __init__(self) -> None:
        self.users = set[int]()
        self._first, self._last = dict[type[Model], int](), dict[type[Model], int]()
        self._models = models_by_name()

    def add(self, model: type[Model], key: int) -> int:
        if model is User:
            self.users.add(key)
        elif key < self._first.get(model, key + 1):
            self._first[model] = key
            self._last.setdefault(model, key)
        elif key > self._last[model]:
            self._last[model] = key
        return key

    def bounds(self) -> tuple[dict[str, int], dict[str, int]]:
        """The first and the last ids by model."""
        first, last = (
            {model._meta.label: key for model, key in each.items() if model is not Workspace}
            for each in (self._first, self._last)
        )
        return first, last

    def noting(self, columns: Sequence[Column]) -> Callable[[Sequence[Any]], None]:
        """A function that notes the ids of a row, whose values are those of the columns."""
        steps = [(place, step) for place, column in enumerate(columns) if (step := self._step(column))]
        names = [column.name for column in columns]
        has_subject = SUBJECT in {column.path for column in columns}
        subject = [names.index(name) for name in ("subject_kind", "subject_id")] if has_subject else []

        def note(values: Sequence[Any]) -> None:
            for place, step in steps:
                if values[place] is not None:
                    step(values[place])
            if subject:
                kind, key = (values[place] for place in subject)
                if key is not None and kind in self._models:
                    self.add(self._models[kind], key)

        return note

    def _step(self, column: Column) -> Callable[[Any], object] | None:
        if target := column.target:
            return lambda value: self.add(target, value)
        if label := IDS_IN_NUMBERS.get(column.path):
            return lambda value: self.add(apps.get_model(label), value)
        if renumber := IDS_IN_JSON.get(column.path):
            return lambda value: renumber(value, self.add)
        if column.path in IDS_IN_TEXTS:
            return lambda value: renumber_mentions(value, self.add, self._models)
        return None
