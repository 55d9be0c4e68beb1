"""The columns of a file of people that are kept as custom fields."""

from collections.abc import Mapping, Sequence

from markets.custom_fields.fields import add_choices, ensure_fields
from markets.custom_fields.inspection import FoundColumn
from markets.custom_fields.values import MAX_LENGTH, Value, clean_cell, read_value
from markets.imports.contacts.extras import LeftOut
from markets.imports.mapping import ColumnMapping
from markets.models import CustomField, ImportJob, ImportNote

Values = dict[str, Value]
"""By the key of the custom field."""
MAX_NOTE_FIELD = 40


class CustomColumns:
    """Reads the values of custom fields, as the inspection of the file found them."""

    def __init__(self, job: ImportJob, columns: ColumnMapping):
        found = job.option("found") or {}
        self.job = job
        self.found: list[FoundColumn] = found.get("custom", [])
        self.left_out: list[str] = found.get("custom_left_out", [])
        self.fields: Mapping[str, CustomField] = {}
        by_header = {each["header"]: each for each in self.found}
        self._columns = [
            (position, header, by_header[header]["key"])
            for position in columns.custom_positions
            if (header := columns.header[position]) in by_header
        ]

    def __bool__(self) -> bool:
        return bool(self._columns or self.left_out)

    def texts(self, cells: Sequence[str]) -> tuple[dict[str, str], list[LeftOut]]:
        """The texts of a row by key, and those that are too long. Of several columns of a field the first counts."""
        texts: dict[str, str] = {}
        too_long: list[LeftOut] = []
        for position, header, key in self._columns:
            if position < len(cells) and (text := clean_cell(cells[position])) and key not in texts:
                if len(text) > MAX_LENGTH:
                    why = f"“{header[:60]}” is too long: at most {MAX_LENGTH} characters are kept."
                    too_long.append(LeftOut(header[:MAX_NOTE_FIELD], text, why))
                else:
                    texts[key] = text
        return texts, too_long

    def to_values(self, texts: Mapping[int, Mapping[str, str]]) -> dict[int, Values]:
        """The values to store, by the line of the row. Creates the fields. Call it in the transaction that writes."""
        if not self:
            return {}
        fields = self.fields = ensure_fields(self.job.workspace, self.found)
        if self.job.checkpoint == 0 and self.left_out:
            self._note_left_out()
        converted = [
            (each["key"], field.kind, each["date_order"])
            for each in self.found
            if (field := fields.get(each["key"])) and field.kind in (CustomField.Kind.NUMBER, CustomField.Kind.DATE)
        ]
        is_all_kept = fields.keys() >= {each["key"] for each in self.found}
        values: dict[int, Values] = {}
        for line, row in texts.items():
            kept: Values = {**row} if is_all_kept else {key: text for key, text in row.items() if key in fields}
            for key, kind, order in converted:
                if key in row and (value := read_value(kind, row[key], order)) is not None:
                    kept[key] = value
            values[line] = kept
        add_choices(fields, values.values())
        return values

    def _note_left_out(self) -> None:
        listed = ", ".join(f"“{header}”" for header in self.left_out)
        message = f"Not kept, as a workspace has at most fifty custom fields: {listed}"
        ImportNote.objects.get_or_create(
            workspace_id=self.job.workspace_id,
            job=self.job,
            line=1,
            kind=ImportNote.Kind.WARNING,
            message=message if len(message) <= MAX_LENGTH else f"{message[: MAX_LENGTH - 1]}…",
        )
