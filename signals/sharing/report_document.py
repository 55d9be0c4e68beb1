"""A frozen report as a shared link shows it. What is not named here is not shown.

People get numbers of their own, so that no id of a row leaves the portal.
"""

import re
from typing import Any, cast

from django.utils.translation import gettext as _

from campaigns.models import SharedLink
from signals.market_page.current_breakdown import MIN_CONTACTS
from signals.report.languages import in_language
from signals.report.shape import SECTIONS, Document

PERSON = re.compile(r"\{person:(\d+)\}")
ABOUT = ("name", "kind", "status", "market", "timezone", "starts_on", "ends_on", "follows")
OF_PEOPLE = {"interest": "rows", "meetings": "rows", "signals": "moves", "coverage": "rows"}
"""By section, its list about single people."""

Json = dict[str, Any]


def shared_report(link: SharedLink) -> Json:
    """The document of the link's report: its sections, without people unless the link shows them."""
    assert link.report
    document = in_language(link.report.document)
    numbers = {int(key): place for place, key in enumerate(document["people"], 1)} if link.shows_people else {}
    shown: Json = {key: document[key] for key in SECTIONS if key in link.sections}  # type: ignore[literal-required]
    return {
        "as_of": document["as_of"],
        "about": _about(document, link.shows_people),
        "people": {str(number): document["people"][str(key)] for key, number in numbers.items()},
        **{key: _section(key, cast(Json, part), numbers) for key, part in shown.items()},
    }


def _about(document: Document, shows_people: bool) -> Json:
    """The brief, reasons and members of the workspace may name somebody, so they show only with people."""
    about = cast(Json, document["about"])
    history = [
        step if shows_people else {"to": step["to"], "at": step["at"], "by": "", "reason": ""}
        for step in about["history"]
    ]
    of_people = {name: about[name] for name in ("owner", "brief") if shows_people}
    return {name: about[name] for name in ABOUT} | {"owner": "", "brief": "", "id": "", "history": history} | of_people


def _section(key: str, part: Json, numbers: dict[int, int]) -> Json:
    if key == "summary":
        return {"sentences": [_renumbered(each, numbers) for each in part["sentences"] if _may_show(each, numbers)]}
    if key == "firms" and not numbers:
        return _without_small_firms(part)
    rows = OF_PEOPLE.get(key)
    if rows is None:
        return part
    named = [{**row, "person": numbers[row["person"]]} for row in part[rows] if row["person"] in numbers]
    return {**part, rows: named}


def _may_show(sentence: str, numbers: dict[int, int]) -> bool:
    return bool(numbers) or not PERSON.search(sentence)


def _renumbered(sentence: str, numbers: dict[int, int]) -> str:
    return PERSON.sub(lambda found: f"{{person:{numbers.get(int(found[1]), 0)}}}", sentence)


def _without_small_firms(part: Json) -> Json:
    """Firms of which fewer than MIN_CONTACTS people were spoken with share one row: their own would tell on them."""
    large = [row for row in part["rows"] if row["reached"] >= MIN_CONTACTS]
    small = [row for row in part["rows"] if row["reached"] < MIN_CONTACTS]
    counts = {name: sum(row[name] for row in small) for name in ("people", "called", "reached", "interest")}
    others = (
        [{"firm": _("Firms with fewer than %(count)s people spoken with") % {"count": MIN_CONTACTS}, **counts}]
        if small
        else []
    )
    return {**part, "rows": [*large, *others]}
