"""Which columns of a list are shown, and in which order: `?columns=` names them; else those of the table.

The order is that of the parameters, so that a form with a box for each column says it without scripts. `?up=` and
`?down=` move a column by one place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from config.ui.lists.tables import Table

COLUMNS, UP, DOWN = "columns", "up", "down"
MOST_COLUMNS = 60
EXTRA = "custom_"
"""The prefix of columns that a workspace has defined. Addresses may omit it."""


@dataclass(frozen=True)
class Offer:
    """A column in the menu of columns."""

    name: str
    label: str
    is_shown: bool
    can_move_up: bool = False
    can_move_down: bool = False


def choose_columns(table: "Table", query: QueryDict, *, is_past: bool = False) -> list[str]:
    """Shows the chosen columns in their order and returns notices about others. Does nothing for a table whose columns
    cannot be chosen. `is_past`: the list is shown as of a past day, for which some columns are not known."""
    if not table.default_columns:
        return []
    known = {column.name: column.column for column in table.columns.iterall()}
    fixed = {*table.first_columns, *table.last_columns}
    offered = [name for name, column in known.items() if column.is_choosable and name not in fixed]
    present_only = {name for name in offered if known[name].fetch} if is_past else set()
    requested, notices = _requested(query, offered), []
    if present_only & set(requested):
        notices.append(_("Columns that are only known as of now are left out. Take “as of” off to see them."))
    if unknown := [name for name in requested if name not in offered]:
        notices.append(_("There is no column “%(name)s” to show.") % {"name": unknown[0][:40]})
    offered = [name for name in offered if name not in present_only]
    shown = [name for name in requested if name in offered]
    table.has_chosen_columns = bool(shown)
    if not shown:
        defaults = table.past_columns if is_past else table.default_columns
        extra = [name for name in offered if name.startswith(EXTRA) and known[name].visible]
        shown = [*(name for name in defaults if name in offered), *extra]
    shown = _moved(shown, query)
    visible = [name for name in (*table.first_columns, *shown, *table.last_columns) if name in known]
    for name in known:
        known[name].visible = name in visible
    rest = [name for name in known if name not in visible]
    table.sequence = [*visible, *rest]
    table.column_offers = list(_offers(table, shown, [name for name in offered if name not in shown]))
    table.shown_columns = shown
    return notices


def _requested(query: QueryDict, offered: list[str]) -> list[str]:
    names = [name for name in query.getlist(COLUMNS)[:MOST_COLUMNS] if name]
    extended = [name if name in offered or EXTRA + name not in offered else EXTRA + name for name in names]
    return list(dict.fromkeys(extended))


def _moved(shown: list[str], query: QueryDict) -> list[str]:
    for parameter, by in ((UP, -1), (DOWN, 1)):
        name = query.get(parameter, "")
        if name in shown:
            place = shown.index(name)
            other = min(max(place + by, 0), len(shown) - 1)
            shown[place], shown[other] = shown[other], shown[place]
    return shown


def _offers(table: "Table", shown: list[str], others: list[str]) -> Iterator[Offer]:
    for place, name in enumerate(shown):
        yield Offer(name, str(table.columns[name].header), True, place > 0, place < len(shown) - 1)
    for name in others:
        yield Offer(name, str(table.columns[name].header), False)


def address_with_columns(query: QueryDict, shown: list[str]) -> QueryDict | None:
    """The query that names the columns after one was moved; None if none was."""
    if UP not in query and DOWN not in query:
        return None
    rest = query.copy()
    for name in (UP, DOWN):
        rest.pop(name, None)
    rest.setlist(COLUMNS, shown)
    return rest
