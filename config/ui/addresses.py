"""Addresses of pages that filter: short enough to share, and one step back for each state that somebody chose."""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponseBase, QueryDict

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
    """A link on the page itself, as short as it can be."""
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
