"""Lists: filtered like the pages, in the order of their ids, and paged by a cursor, so that what is added meanwhile
neither repeats nor hides a row."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from ninja import Schema
from pydantic import AfterValidator, Field

from config.ui.lists.filters import WorkspaceFilterSet
from markets.api.responses import invalid

MOST_ROWS = 500
LAST_ID = 2**63 - 1


def storable(text: str) -> str:
    """Refuses what no database can store as text."""
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("The text holds a character that is none, such as U+0000")
    return text


Text = Annotated[str, AfterValidator(storable)]
Id = Annotated[int, Field(ge=1, le=LAST_ID)]


class PageQuery(Schema):
    """The query parameters of every list."""

    cursor: str | None = Field(None, description="next_cursor of the page before. Without it: the first page.")
    limit: int = Field(100, ge=1, le=MOST_ROWS, description="The most rows of a page.")

    @property
    def filters(self) -> dict[str, object]:
        """The other parameters, by the names that the filters of pages have."""
        return self.model_dump(by_alias=True, exclude={"cursor", "limit"})


def check_query(request: HttpRequest, queries: Iterable[Schema]) -> None:
    """Raises Problem for a parameter that an endpoint does not have: a filter with a slip in its name would find
    everything."""
    known = {info.alias or name for query in queries for name, info in type(query).model_fields.items()}
    if unknown := request.GET.keys() - known:
        there_are = f"There are: {', '.join(sorted(known))}." if known else "There are none here."
        raise invalid((name[:60], f"There is no such parameter. {there_are}") for name in sorted(unknown)[:5])


class Page(Schema):
    next_cursor: str | None = Field(description="For the next page; null on the last.", examples=["MTAw"])


def page_of[M: Model](rows: QuerySet[M], query: PageQuery) -> tuple[list[M], str | None]:
    """The rows of the page that `query` asks for, by their ids, and the cursor of the next page."""
    after = _decode(query.cursor) if query.cursor else 0
    found = list(rows.filter(pk__gt=after).order_by("pk")[: query.limit + 1])
    has_more = len(found) > query.limit
    page = found[: query.limit]
    return page, _encode(page[-1].pk) if has_more else None


def filtered[M: Model](
    filterset: type[WorkspaceFilterSet], rows: QuerySet[M], asked: Mapping[str, object], workspace: Any
) -> QuerySet[M]:
    """The rows that a page shows with these filters. Raises Problem for values that it cannot filter by."""
    given = {name: _parameter(value) for name, value in asked.items() if value is not None}
    filters = filterset(QueryDict(urlencode(given)), rows, workspace=workspace)
    if not filters.is_valid():
        raise invalid((name, " ".join(map(str, errors))) for name, errors in filters.errors.items())
    chosen: Any = filters.qs
    return chosen


def _parameter(value: object) -> object:
    """Flags of pages are on or absent."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return value


def _encode(key: int) -> str:
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def _decode(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not (text.isdigit() and len(text) < 19):
        raise invalid([("cursor", "This is not the next_cursor of a page.")])
    return int(text)
