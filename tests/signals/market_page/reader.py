"""Reads a market's page cell by cell: every number that it states, by the part of the page and what it is about."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.reading import VOID_TAGS

Cells = dict[tuple[str, ...], str]
PRECISE = re.compile(r"[\d,]+ of [\d,]+\..*")
"""What the title of a rate says behind its definition."""


class Node:
    """An element with what it holds."""

    def __init__(self, tag: str = "", attrs: dict[str, str] | None = None):
        self.tag, self.attrs = tag, attrs or {}
        self.holds: list[Node | str] = []

    def all(self, tag: str, **attrs: str) -> Iterator["Node"]:
        for each in self.holds:
            if isinstance(each, Node):
                if each.tag == tag and all(each.attrs.get(name) == value for name, value in attrs.items()):
                    yield each
                yield from each.all(tag, **attrs)

    def one(self, tag: str, **attrs: str) -> "Node":
        return next(self.all(tag, **attrs))

    @property
    def text(self) -> str:
        """Without what only a picture says."""
        parts = (each if isinstance(each, str) else each.text for each in self.holds if not _is_picture(each))
        return " ".join(" ".join(parts).split())

    @property
    def kind(self) -> str:
        return self.attrs.get("class", "")


def _is_picture(each: Node | str) -> bool:
    return isinstance(each, Node) and each.tag == "svg"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node()]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].holds.append(node)
        if tag not in VOID_TAGS:
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].holds.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data):
        self.open[-1].holds.append(data)


def read(html: str) -> Node:
    reader = _Reader()
    reader.feed(html)
    return reader.open[0]


def cells_of(html: str) -> Cells:
    """Every number of a market's page, and the words that rest on numbers, as text; a metric by its exact value."""
    page = read(html)
    panels = {panel.one("h2").text: panel for panel in page.all("section") if "panel" in panel.kind}
    landscape = next(link for link in page.one("p", **{"class": "facts"}).all("a") if "landscape" in link.text)
    cells: Cells = {("landscape",): landscape.text.split()[0]}
    cells |= _figures(page.one("dl", **{"class": "figures"}))
    cells |= _campaigns(panels["Campaigns"])
    cells |= _chart("weeks", panels["Calls by week"]) | _chart("times", panels["Best times"])
    cells |= _outcomes(panels["Call outcomes"]) | _current_signals(panels["What the market says"])
    return cells | _moves(panels["Who moved"]) | _firms(panels["Firm watch"]) | _coverage(panels)


def _figures(strip: Node) -> Cells:
    cells: Cells = {}
    for place in strip.all("div"):
        number, (shown, note) = place.one("data"), place.all("dd")
        about = ("figure", strip.attrs["data-total"], number.attrs["data-metric"])
        cells |= {about: number.attrs["value"], (*about, "text"): shown.text, (*about, "note"): note.text}
        cells |= _precisely(about, number, place.one("dt").attrs["title"])
    return cells


def _precisely(about: tuple[str, ...], number: Node, title: str) -> Cells:
    found = PRECISE.search(title) if number.attrs["value"] else None
    return {(*about, "title"): found[0]} if found else {}


def _campaigns(panel: Node) -> Cells:
    cells: Cells = {}
    for row in panel.all("tr"):
        key = row.attrs.get("data-row") or row.attrs.get("data-total")
        for cell in row.all("td") if key else ():
            for number in cell.all("data"):
                about = ("campaigns", key, number.attrs["data-metric"])
                cells |= {about: number.attrs["value"], (*about, "text"): cell.text}
                for link in cell.all("a"):
                    cells |= _precisely(about, number, link.attrs["title"])
            if cell.attrs.get("data-label") == "Status" and "data-row" in row.attrs:
                cells["campaigns", key, "status"] = cell.text
    return cells


def _chart(name: str, panel: Node) -> Cells:
    """What each mark says when it is pointed at, and the chart's table."""
    cells: Cells = {}
    for mark in panel.all("rect"):
        for title in mark.all("title"):
            label, _, words = title.text.partition(": ")
            cells[name, "mark", label] = words
    for table in panel.all("table"):
        _, *heads = [each.text for each in table.one("thead").all("th")]
        for row in table.one("tbody").all("tr"):
            for head, cell in zip(heads, row.all("td"), strict=True):
                cells[name, row.one("th").text, head] = cell.text
    return cells


def _outcomes(panel: Node) -> Cells:
    cells: Cells = {}
    for row in panel.all("tr"):
        if key := row.attrs.get("data-row"):
            *_, share = (cell.text for cell in row.all("td"))
            cells |= {("outcome", key): row.one("data").attrs["value"], ("outcome", key, "share"): share}
    return cells


def _parts(*about: str, among: Node) -> Cells:
    """The parts of bars by their labels."""
    cells: Cells = {}
    for part in among.all("span"):
        if part.attrs.get("class", "").split()[:1] != ["key"]:
            continue
        number = part.one("data")
        label = part.text.removesuffix(number.text).strip()
        cells[(*about, label)] = number.attrs["value"]
    return cells


def _current_signals(panel: Node) -> Cells:
    cells: Cells = {}
    for answer in panel.all("div", **{"class": "answer"}):
        head = answer.one("div", **{"class": "head"})
        label = head.one("span").text
        cells |= _parts("current", label, among=answer)
        for total in head.all("data"):
            cells["current", label] = total.attrs["value"]
    return cells


def _moves(panel: Node) -> Cells:
    cells: Cells = {}
    for place, row in enumerate(panel.one("div", **{"class": "rows"}).all("div")):
        if "data-row" in row.attrs:
            cells["moved",] = row.one("data").attrs["value"]
        else:
            cells["moved", str(place)] = row.text
    return cells


def _firms(panel: Node) -> Cells:
    cells: Cells = {}
    for row in panel.all("tr"):
        for cell in row.all("td"):
            label = cell.attrs["data-label"]
            cells |= {("firms", cell.text): ""} if label == "Firm" else {}
            firm = next(row.all("td")).text
            cells |= _parts("firms", firm, label, among=cell)
    return cells


def _coverage(panels: dict[str, Node]) -> Cells:
    panel = panels["Coverage of the landscape"]
    cells: Cells = {}
    for row in panel.all("tr"):
        if "data-row" in row.attrs:
            label = next(row.all("td")).text
            by = row.attrs["data-row"].partition(":")[0]
            cells |= {("coverage", by, label, n.attrs["data-metric"]): n.attrs["value"] for n in row.all("data")}
    return cells
