"""A rule while it is edited: a tree of groups and conditions, which may be unfinished.

A form names the parts of a rule by their place: `rule-match` is the root's, `rule-0-kind` its first condition's,
`rule-1-0-kind` that of the first condition in a group.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from campaigns.audience.rule import MATCHES, MAX_DEPTH

ROOT = "rule"
MAX_PLACES = 200
"""More fields of a form are not read: nobody edits such a rule by hand."""

type Child = Group | Condition


@dataclass
class Condition:
    """A condition as its fields were posted."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        return next(iter(self.values.get(name, [])), "")


@dataclass
class Group:
    match: str = "all"
    children: list[Child] = field(default_factory=list)


def read_form(data: QueryDict) -> Group:
    """The rule of a posted form."""
    places: dict[tuple[int, ...], dict[str, list[str]]] = {}
    for name in data:
        if (place := _place_of(name)) and (place[0] in places or len(places) < MAX_PLACES):
            places.setdefault(place[0], {})[place[1]] = data.getlist(name)
    return _group_at((), places)


def _place_of(name: str) -> tuple[tuple[int, ...], str] | None:
    root, *path, part = name.split("-") if "-" in name else (name, "")
    numbers = [int(each) for each in path if each.isascii() and each.isdigit() and len(each) < 4]
    if root != ROOT or not part or len(numbers) < len(path) or len(path) > MAX_DEPTH:
        return None
    return tuple(numbers), part


def _group_at(place: tuple[int, ...], places: Mapping[tuple[int, ...], dict[str, list[str]]]) -> Group:
    children: list[Child] = []
    for below in sorted(each for each in places if each[:-1] == place and each):
        values = places[below]
        children.append(Condition(values) if "kind" in values else _group_at(below, places))
    match = next(iter(places.get(place, {}).get("match", [])), "")
    return Group(match if match in MATCHES else "all", children)


def read_json(rule: object) -> Group:
    """A stored rule. Whatever is not readable is left out: an invalid rule can be edited, too."""
    children: list[Child] = []
    rule = rule if isinstance(rule, dict) else {}
    conditions = rule.get("conditions")
    for each in conditions if isinstance(conditions, list) else []:
        if isinstance(each, dict) and "kind" in each:
            children.append(Condition({str(name): _texts(value) for name, value in each.items()}))
        elif isinstance(each, dict):
            children.append(read_json(each))
    match = str(rule.get("match", ""))
    return Group(match if match in MATCHES else "all", children)


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return ["yes"] if value else []
    return [] if value is None else [str(value)]


def change(root: Group, action: str) -> str:
    """Applies the button that was pressed: `add`, `group` or `remove`, a colon and the place of a group or a condition.
    Returns the place to go on at. Any other text changes nothing."""
    name, _, path = action.partition(":")
    place = _place_of(f"{path}-x")
    if place is None:
        return ""
    if name == "remove":
        return _remove(root, place[0])
    group = _find(root, place[0])
    depth = len(place[0]) + (2 if name == "group" else 1)
    if not isinstance(group, Group) or name not in ("add", "group") or depth > MAX_DEPTH:
        return ""
    group.children.append(Condition() if name == "add" else Group("any", [Condition()]))
    return "-".join([path, str(len(group.children) - 1), *(["0"] if name == "group" else [])])


def _remove(root: Group, place: tuple[int, ...]) -> str:
    parent = _find(root, place[:-1]) if place else None
    if not isinstance(parent, Group) or place[-1] >= len(parent.children):
        return ""
    del parent.children[place[-1]]
    return "-".join([ROOT, *map(str, place[:-1])])


def _find(root: Group, place: tuple[int, ...]) -> Child | None:
    found: Child = root
    for number in place:
        if not isinstance(found, Group) or number >= len(found.children):
            return None
        found = found.children[number]
    return found


def placed(group: Group, path: str = ROOT) -> Iterator[tuple[str, Child]]:
    """The children of a group with their places, numbered anew."""
    for number, child in enumerate(group.children):
        yield f"{path}-{number}", child
