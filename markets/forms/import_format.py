"""The form that says how a draft's file is read: where its table is, and in which format."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from markets.imports.readers import ReadOptions, Sheet
from markets.imports.readers.encodings import ENCODING_LABELS

MAX_LINE = 1_000_000


class FileFormatForm(forms.Form):
    """Overrides what was found in the file. A blank field leaves it to be found."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Detect")), ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), *ENCODING_LABELS.items()],
    )
    delimiter = forms.ChoiceField(
        required=False,
        choices=[("", _("Detect")), (",", _("Comma")), (";", _("Semicolon")), ("tab", _("Tab")), ("|", _("Bar"))],
        label=_("Delimiter"),
    )
    sheet = forms.ChoiceField(required=False, label=_("Sheet"))
    header_line = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_LINE,
        label=_("Line of the header"),
        help_text=_("Leave it empty to let the portal find the line."),
    )
    header_lines = forms.IntegerField(
        required=False, min_value=1, max_value=5, label=_("Lines that the header takes"), help_text=_("Usually 1.")
    )
    no_header = forms.BooleanField(required=False, label=_("No header: the first line is data"))
    last_line = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_LINE,
        label=_("Last line"),
        help_text=_("Lines below it are not read."),
    )
    fill_merged = forms.BooleanField(required=False, label=_("A merged cell counts for all of its rows"))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        sheets: Sequence[Sheet],
        initial: Mapping[str, Any] | None = None,
    ):
        """`sheets` are those of a workbook; there are none in other files."""
        super().__init__(data, initial=dict(initial or {}))
        unneeded = ("encoding", "delimiter") if sheets else ("sheet", "fill_merged")
        for name in unneeded:
            del self.fields[name]
        if choice := self.fields.get("sheet"):
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = [("", gettext("The first with data")), *((sheet.name, sheet.name) for sheet in sheets)]

    @property
    def is_changed_from_detected(self) -> bool:
        return any(self.initial.get(name) for name in self.fields)

    @property
    def formats(self) -> ReadOptions:
        """The options that say something."""
        return cast(ReadOptions, {name: value for name, value in self.cleaned_data.items() if value})
