"""Why a choice of columns cannot be used, in sentences."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from markets.imports.readers import FileRefused


def none_known(header: Iterable[str], fields: Collection[str]) -> FileRefused:
    sentence = _(
        "None of the columns is known: %(columns)s. The first line must name the columns; say with “header=field” "
        "which is which. The fields are: %(fields)s."
    )
    return FileRefused(sentence % {"columns": _listed(header), "fields": ", ".join(fields)})


def wrong_number(chosen: int, columns: int) -> FileRefused:
    sentence = _("%(chosen)s columns were chosen, but the file has %(columns)s.")
    return FileRefused(sentence % {"chosen": chosen, "columns": columns})


def no_match(text: str) -> FileRefused:
    return FileRefused(_("“%(text)s” does not match a column with a field; write “header=field”.") % {"text": text})


def not_to_be_read(column: str, field: str) -> FileRefused:
    sentence = _("“%(column)s” is to be %(field)s and not to be read; choose one of them.")
    return FileRefused(sentence % {"column": column, "field": field})


def unknown_field(field: str, fields: Iterable[str]) -> FileRefused:
    sentence = _("“%(field)s” is not a field. The fields are: %(fields)s.")
    return FileRefused(sentence % {"field": field, "fields": ", ".join(fields)})


def two_fields(column: str, field: str, other: str) -> FileRefused:
    sentence = _("“%(column)s” is to be both %(other)s and %(field)s; choose one of them.")
    return FileRefused(sentence % {"column": column, "field": field, "other": other})


def no_column(column: str, header: Iterable[str]) -> FileRefused:
    sentence = _("The file has no column “%(column)s”. Its columns are: %(columns)s.")
    return FileRefused(sentence % {"column": column, "columns": _listed(header)})


def _listed(header: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in header if name)
