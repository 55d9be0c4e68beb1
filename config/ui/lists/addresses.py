"""Addresses of pages that filter: short enough to share, one step back for each state that somebody chose, and a chip
for each chosen filter that leads to the list without it."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, urlsplit

from django.db import models
from django.forms import Form, ModelChoiceField
from django.http import HttpResponseBase, QueryDict

from config.ui.formats import day, moment
from config.ui.requests import HtmxRequest

NOT_A_FILTER = {"page"}


def set_parameters(query: QueryDict) -> QueryDict:
    """The parameters that have a value."""
    found = QueryDict(mutable=True)
    for name, values in query.lists():
        if kept := [value for value in values if value]:
            found.setlist(name, kept)
    return found


def short_address(request: HtmxRequest) -> str:
    """The address without parameters that have no value; empty if all have one. A form without scripts sends all its
    fields. Scripts leave them out (static/lists.js), and htmx would not see the redirect."""
    if request.htmx or request.method != "GET":
        return ""
    kept = set_parameters(request.GET)
    if kept == request.GET:
        return ""
    return address_of(request.path, kept)


def address_of(path: str, query: QueryDict) -> str:
    return f"{path}?{query.urlencode()}" if query else path


def link_to(path: str, query: QueryDict) -> str:
    """The shortest link from the page to itself with these parameters."""
    return f"?{query.urlencode()}" if query else path


def replace_while_typing(request: HtmxRequest, response: HttpResponseBase, texts: Collection[str]) -> None:
    """While a text is typed, the address is replaced: the back button leads to the state before it, not before its
    last letter. `texts` names the parameters that are typed."""
    if not request.htmx:
        return
    before, after = _parameters(_query_of(request)), _parameters(request.GET.urlencode())
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    if len(changed) == 1 and changed <= set(texts) and changed <= before.keys() & after.keys():
        response["HX-Replace-Url"] = request.get_full_path()


def _query_of(request: HtmxRequest) -> str:
    """The query string of the page that sent the request."""
    try:
        return urlsplit(request.htmx.current_url_abs_path or "").query
    except ValueError:  # not an address
        return ""


def _parameters(query: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(query) if name not in NOT_A_FILTER}


class Chip(NamedTuple):
    """A chosen filter, and the link to the list without it."""

    label: str
    value: str
    rest: str


def chips_of(
    form: Form, query: Any, path: str, describe: Callable[[str, object], str] = lambda name, value: ""
) -> Iterator[Chip]:
    """`describe` says what a chip shows of a value; empty for the value itself."""
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_valid() else None
        if value in (None, "", []):
            continue
        is_row = isinstance(value, models.Model)
        label = field.label_from_instance(value) if is_row and isinstance(field, ModelChoiceField) else ""
        choices = {} if is_row else {str(key): label for key, label in getattr(field, "choices", [])}
        values = value if isinstance(value, list) else [value]
        texts = [
            str(describe(name, each) or label or _as_text(each) or choices.get(str(each), each)) for each in values
        ]
        yield Chip(str(field.label or name), ", ".join(map(str, texts)), link_without(query, [name], path))


def link_without(query: Any, names: Collection[str], path: str) -> str:
    """The link to the list without these filters, from its first page."""
    rest = set_parameters(cast(QueryDict, query))
    for name in [*names, "page", "_export"]:
        rest.pop(name, None)
    return link_to(path, rest)


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else ""
