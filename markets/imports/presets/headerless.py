"""Maps the columns of a file without a header by what is in them."""

from collections.abc import Mapping, Sequence

from markets.imports.mapping import UNNAMED, Layer
from markets.imports.readers import Row
from markets.imports.readers.header import column_shapes
from markets.models import ImportKind

FIELD_OF_SHAPE: Mapping[str, Mapping[str, str]] = {
    ImportKind.PEOPLE: {"phone": "phone", "area_code": "area_code", "email": "email"},
    ImportKind.SUPPRESSIONS: {
        "phone": "phone",
        "area_code": "area_code",
        "email": "email",
        "domain": "email_domain",
        "number": "phone_prefix",
    },
}


def layer_by_content(kind: str, header: Sequence[str], rows: Sequence[Row]) -> Layer:
    """The columns of phone numbers, area codes and email addresses. Nothing for files of calls or with a header, except
    lists of one column, whose name may be a title."""
    fields = FIELD_OF_SHAPE.get(kind, {})
    columns: dict[str, list[str]] = {}
    is_list = kind == ImportKind.SUPPRESSIONS and len(header) == 1
    if rows and header and (is_list or all(map(UNNAMED.fullmatch, header))):
        for name, shape in zip(header, column_shapes(rows), strict=False):
            if field := fields.get(shape):
                columns.setdefault(field, []).append(name)
    if "phone" in columns or "email" in columns:
        columns.pop("phone_prefix", None)
    return Layer(columns)
