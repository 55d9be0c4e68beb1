"""The forms of an import preset: what it says, and the file in which it is shared."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from markets.forms.import_fields import field_label
from markets.forms.imports import DATE_ORDERS, parse_result_lines, result_lines
from markets.imports.presets.exchange import MAX_BYTES, checked_options, too_large
from markets.imports.readers import FileRefused
from markets.imports.registry import file_kind
from markets.models import ImportKind, ImportPreset, User
from markets.models.workspaces import timezone_names


class PresetFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A preset that was saved from this page, as a JSON file."),
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file and file.size > MAX_BYTES:
            self.add_error("file", str(too_large(file.name)))
        elif file:
            try:
                data["text"] = file.read().decode("utf-8-sig")
            except UnicodeError:
                self.add_error("file", gettext("This is not a preset: it is not text in UTF-8."))
        return data


class ImportPresetForm(forms.Form):
    """Changes the name of a preset, the fields of its columns, and how it reads dates and results."""

    name = forms.CharField(max_length=120, label=_("Name"))
    timezone = forms.ChoiceField(
        required=False, label=_("Time zone"), help_text=_("Of times without an offset from UTC.")
    )
    date_order = forms.ChoiceField(
        required=False, choices=[("", _("As the dates show")), *DATE_ORDERS], label=_("Dates such as 02/03/2026")
    )
    results = forms.CharField(
        label=_("Results"),
        required=False,
        max_length=20_000,
        help_text=_("What the words for a result mean, one a line: SALE = Meeting Booked."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, preset: ImportPreset):
        self.preset, options = preset, preset.options
        results = {word: meaning for word, meaning in options.get("results", {}).items() if meaning}
        initial = {**options, "name": preset.name, "results": "\n".join(result_lines(results))}
        super().__init__(data, initial=initial)
        if preset.kind == ImportKind.CALLS:
            zone = self.fields["timezone"]
            assert isinstance(zone, forms.ChoiceField)
            names = [(name, name) for name in sorted(timezone_names())]
            zone.choices = [
                ("", gettext("The workspace's, %(timezone)s") % {"timezone": preset.workspace.timezone}),
                *names,
            ]
        else:
            for name in ("timezone", "date_order", "results"):
                del self.fields[name]
        choices = [("", gettext("Not read")), *((field, field_label(field)) for field in file_kind(preset.kind).fields)]
        self.headers: list[str] = list(options.get("map", {}))
        for place, header in enumerate(self.headers):
            field = options["map"][header]
            known = choices if field in dict(choices) else [*choices, (field, field_label(field))]
            self.fields[f"column-{place}"] = forms.ChoiceField(
                choices=known, required=False, initial=field, label=header
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column-{place}"] for place in range(len(self.headers))]

    @property
    def options_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith("column-")]

    def clean_results(self) -> dict[str, str]:
        return parse_result_lines(self.cleaned_data["results"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                checked_options(self.preset.kind, self._options(data))
            except FileRefused as refused:
                raise ValidationError(str(refused)) from None
        return data

    def save(self, *, by: User) -> None:
        self.preset.name, self.preset.options = self.cleaned_data["name"], self._options(self.cleaned_data)
        self.preset.updated_by = by
        self.preset.save(update_fields=["name", "options", "updated_by", "updated_at"])

    def _options(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The preset's options with what the form says in their place."""
        options = dict(self.preset.options)
        options["map"] = {header: data[f"column-{place}"] for place, header in enumerate(self.headers)}
        for name in ("timezone", "date_order"):
            if name in self.fields:
                options[name] = data[name]
        if "results" in self.fields:
            to_explain = {word: "" for word, meaning in options.get("results", {}).items() if not meaning}
            options["results"] = to_explain | data["results"]
        return options
