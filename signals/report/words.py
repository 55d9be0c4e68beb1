"""How counts, days and shares are written in a document. They are frozen, so days carry their year."""

from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from config.ui.dates import full_day as full_day
from config.ui.formats import in_language, number, percent


@cache
def english(choice: TextChoices) -> str:
    """The label of an outcome, a type of signal or a status as a document stores it. Looked up once for all rows."""
    with override("en"):
        return str(choice.label)


def amount(count: int) -> str:
    """`2,304` or `no`, in front of what is counted."""
    return number(count) if count else pgettext("none of them", "no")


def people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": amount(count)}


def calls(count: int) -> str:
    return ngettext("%(count)s call", "%(count)s calls", count) % {"count": amount(count)}


def conversations(count: int) -> str:
    return ngettext("%(count)s conversation", "%(count)s conversations", count) % {"count": amount(count)}


def meeting_status(label: str) -> str:
    """Of a status that a document has in English."""
    return pgettext("meeting", label)


def share(value: float | None) -> str:
    """A rate from 0 to 1 as `23.3 %`."""
    return percent(value)


def interval(low: float | None, high: float | None) -> str:
    """`16.6–31.6 %`; empty without one."""
    return "" if low is None or high is None else in_language(f"{100 * low:.1f}–{100 * high:.1f} %")


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return _("%(words)s and %(last)s") % {"words": ", ".join(words[:-1]), "last": words[-1]}


def capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
