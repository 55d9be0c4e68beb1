"""Reads the numbers of a page, and what each is about."""

import re
from functools import cache
from html.parser import HTMLParser

VOID_TAGS = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _NumberParser(HTMLParser):
    """Collects (about, metric, value, href) of every <data data-metric> with what encloses it."""

    def __init__(self):
        super().__init__()
        self.stack: list[tuple[str, dict]] = []
        self.found: list[tuple[str, str, str, str]] = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "data" and "data-metric" in attrs:
            about = next(
                (
                    a.get("data-row") or a.get("data-total")
                    for _, a in reversed(self.stack)
                    if {"data-row", "data-total"} & a.keys()
                ),
                "",
            )
            href = next((a.get("href", "") for t, a in reversed(self.stack) if t == "a"), "")
            self.found.append((about, attrs["data-metric"], attrs["value"], href))
        if tag not in VOID_TAGS:
            self.stack.append((tag, attrs))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass


def numbers(page) -> list[tuple[str, str, float | None, str]]:
    """Every number of a page: (what it is about, metric, value, link to its rows)."""
    parser = _NumberParser()
    parser.feed(page.content.decode())
    return [(about, name, float(value) if value else None, href) for about, name, value, href in parser.found]


def metric(page, name: str, about: str = "") -> float | None:
    """The value of one metric; every place of the page that shows it must agree."""
    values = {value for each, metric, value, _ in numbers(page) if metric == name and each == about}
    assert len(values) == 1, f"{name} of {about!r} is shown as {values}"
    return values.pop()


def version(page) -> str:
    """The version that the edit form of a page carries; empty on a page that adds a row."""
    return re.search(r'name="version"(?: value="([^"]*)")?', page.content.decode())[1] or ""


def lengths_of_lists(client):
    """Returns a function from a link to the number of rows of its list. Each list is fetched once, as a fragment."""

    @cache
    def rows(href: str) -> float | None:
        return metric(client.get(href, headers={"HX-Request": "true", "HX-Target": "table"}), "rows")

    return rows
