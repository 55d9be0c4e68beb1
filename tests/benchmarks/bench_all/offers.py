"""What a page offers: every choice of its filters, its sorts, periods, pages, exports and what htmx swaps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from tests.benchmarks.bench_all.addresses import Visit

TEXTS = ["ann", "smith partners", "xyzzyx"]
SEARCHED = ["a", "ann", "calloway", "smith partners", "call next", "xyzzyx", "5550142"]
"""For the search page, of which there is one."""
MOST_CHOICES = 12
"""Of more choices only some are visited, spread evenly, with the first and the last."""
DAYS = (7, 120)
PAST = 30
"""How many days ago the past day is, as of which pages are visited."""
UNTYPED = {"hidden", "submit", "button", "file", "password"}
SWAPPED = {"search": ["results", "palette-results"], "campaigns:follow_up": ["preview"]}
"""What htmx asks for on pages whose elements do not say so themselves."""
ROWS = re.compile(r'data-metric="rows" value="(\d+)"')


@dataclass
class Offers(HTMLParser):
    """Reads a page: the fields of its filters, the links to the page itself, and the fragments that htmx fills."""

    path: str
    fields: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By name, the values to choose of, by the kind of the field."""
    links: list[dict[str, str]] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    _filters: list[str] = field(default_factory=list)
    """The tags that are open since the filters began."""
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "data-fragment" in given and not given["id"].startswith("palette"):
            self.fragments.append(given["id"])
        for name in ("href", "value" if tag == "button" else "href"):
            self._note_link(given.get(name, ""))
        if self._filters:
            if tag == self._filters[0]:
                self._filters.append(tag)
        elif self._begins_filters(tag, given):
            self._filters = [tag]
        if self._filters and (name := given.get("name", "")):
            self._note_field(tag, name, given)
        if tag == "option" and self._select:
            self.fields[self._select].setdefault("choice", []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._filters and tag == self._filters[0]:
            self._filters.pop()
        if tag == "select":
            self._select = ""

    def _begins_filters(self, tag: str, given: dict[str, str]) -> bool:
        if tag == "form":
            return given.get("method", "get").lower() == "get" and given.get("action", self.path) in ("", self.path)
        return given.get("hx-get") == self.path and "filters" in given.get("class", "").split()

    def _note_link(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.query and not parts.netloc and parts.path in ("", self.path):
            self.links.append(dict(parse_qsl(parts.query)))

    def _note_field(self, tag: str, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if tag == "select":
            self._select = name
            self.fields.setdefault(name, {})
        elif tag == "textarea" or (tag == "input" and kind not in UNTYPED):
            chosen = kind in ("checkbox", "radio")
            values = self.fields.setdefault(name, {}).setdefault("choice" if chosen else kind, [])
            values += [given.get("value", "on")] if chosen else []


def read(path: str, html: str) -> Offers:
    offers = Offers(path)
    offers.feed(html)
    return offers


def row_count(html: str) -> int | None:
    """How many rows the page's list has in all, as it says itself."""
    said = ROWS.search(html)
    return int(said[1]) if said else None


def variants(visit: Visit, offers: Offers) -> Iterator[Visit]:
    """The same page with each choice that it offers: one at a time, and each on a past day too."""
    now = visit
    past = visit.having("as_of", ("as_of", _ago(PAST))) if "as_of" in offers.fields else None
    if past:
        yield past
    for day in filter(None, (now, past)):
        yield from _sorts(day, offers)
        yield from _choices(day, offers)
        yield from _links(day, offers)
    yield from _together(visit, offers)
    targets = [*offers.fragments, *SWAPPED.get(visit.page, [])]
    yield from (visit.swapping(target) for target in dict.fromkeys(targets))
    if visit.page == "search":
        typed = visit.having("q=typed", ("q", "calloway"))
        yield from (typed.swapping(target) for target in SWAPPED["search"])


def exports(visit: Visit, offers: Offers) -> Iterator[Visit]:
    kinds = dict.fromkeys(link["_export"] for link in offers.links if "_export" in link)
    return (visit.having(f"_export={kind}", ("_export", kind)) for kind in kinds)


def further_pages(visit: Visit, offers: Offers, pages: int) -> Iterator[Visit]:
    """The second page, and the last."""
    numbers = [int(link["page"]) for link in offers.links if link.get("page", "").isdigit()]
    last = max([*numbers, pages])
    if last > 1:
        yield visit.having("page=last", ("page", str(last)))
    if last > 2:
        yield visit.having("page=2", ("page", "2"))


def _sorts(visit: Visit, offers: Offers) -> Iterator[Visit]:
    columns = dict.fromkeys(link["sort"].removeprefix("-") for link in offers.links if "sort" in link)
    for sign in ("", "-"):
        yield from (visit.having(f"sort={sign}{name}", ("sort", sign + name)) for name in columns)


def _choices(visit: Visit, offers: Offers) -> Iterator[Visit]:
    for name, kinds in offers.fields.items():
        if name == "as_of":
            continue
        for kind, offered in list(kinds.items())[:1]:  # a header may ask for the same as the page
            if kind == "choice":
                yield from (
                    visit.having(f"{name}={_said(value, offered)}", (name, value)) for value in _spread(offered)
                )
            else:
                values = _typed(visit.page, name, kind)
                yield from (visit.having(f"{name}={said}", (name, value)) for said, value in values)


def _links(visit: Visit, offers: Offers) -> Iterator[Visit]:
    """What links choose that no filter has, such as a period."""
    known = {"sort", "page", "_export", "as_of", *offers.fields, *(name for name, _ in visit.query)}
    by_name: dict[str, list[str]] = {}
    for link in offers.links:
        for name in link.keys() - known:
            by_name.setdefault(name, []).append(link[name])
    for name in sorted(by_name):
        offered = list(dict.fromkeys(by_name[name]))
        yield from (visit.having(f"{name}={_said(value, offered)}", (name, value)) for value in _spread(offered))


def _together(visit: Visit, offers: Offers) -> Iterator[Visit]:
    """Several of a page that compares them."""
    offered = [value for value in offers.fields.get("campaign", {}).get("choice", []) if value]
    if visit.page == "campaigns:compare" and len(offered) > 1:
        yield visit.having("five campaigns", *(("campaign", value) for value in offered[:5]))


def _typed(page: str, name: str, kind: str) -> list[tuple[str, str]]:
    if kind == "date":
        return [(f"{days} days ago", _ago(days)) for days in DAYS]
    if kind == "datetime-local":
        week = datetime.now() - timedelta(days=7)
        return [("7 days ago", week.strftime("%Y-%m-%dT%H:%M"))]
    if kind == "number":
        return [("3", "3")]
    texts = SEARCHED if page == "search" else TEXTS if name == "q" else TEXTS[:1]
    return [(text, text) for text in texts]


def _said(value: str, offered: list[str]) -> str:
    """The value, or the place of a row's id, which differs between databases."""
    return f"#{offered.index(value)}" if value.isdigit() else value


def _spread(values: list[str]) -> list[str]:
    values = [value for value in dict.fromkeys(values) if value]
    if len(values) <= MOST_CHOICES:
        return values
    step = (len(values) - 1) / (MOST_CHOICES - 1)
    return [values[round(place * step)] for place in range(MOST_CHOICES)]


def _ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()
