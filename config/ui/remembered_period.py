"""The period that a person chose, remembered for the visit.

A cookie without an expiry holds it, so that a GET writes nothing to the database. An address with a period wins, and is
what the next page without one shows.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from config.ui.periods import CUSTOM, PRESETS, PeriodChoice, choose_period
from config.ui.requests import is_visit

COOKIE = "period"
NAMES = ("period", "from", "to")


def visit_period(
    request: HttpRequest, query: Mapping[str, Any], today: date, default: str, since: date | None = None
) -> PeriodChoice:
    """The period of the query, else the remembered one, else the default. For pages with the period control."""
    if any(query.get(name) for name in NAMES):
        choice = choose_period(query, today, default, since)
        if choice.name in (CUSTOM, query.get("period")):
            request.period_to_remember = _as_text(choice)  # type: ignore[attr-defined]
        return choice
    if remembered := _parameters(request.COOKIES.get(COOKIE, "")):
        choice = choose_period(dict(query.items()) | remembered, today, default, since)
        if not choice.problem:
            return choice
    return choose_period(query, today, default, since)


def remember_period(request: HttpRequest, response: HttpResponseBase, path: str) -> None:
    """Sets the cookie of the pages below `path` to the period that the request asked for."""
    text = getattr(request, "period_to_remember", "")
    if text and text != request.COOKIES.get(COOKIE) and is_visit(request):
        response.set_cookie(
            COOKIE, text, path=path, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )


def _as_text(choice: PeriodChoice) -> str:
    """`quarter`, or `2026-01-01.2026-03-31`, either day of which may be missing."""
    if choice.name in PRESETS:
        return choice.name
    # The day of "as of" is not remembered, and may have cut the period short.
    first, last = choice.asked
    return f"{first or ''}.{last or ''}"


def _parameters(text: str) -> dict[str, str]:
    if text in PRESETS:
        return {"period": text}
    first, dot, last = text.partition(".")
    return {"from": first, "to": last} if dot else {}
