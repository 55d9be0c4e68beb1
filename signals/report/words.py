"""How counts, days and shares are written in a document. They are frozen, so days carry their year."""

from config.ui.dates import full_day as full_day
from config.ui.formats import in_language, percent


def people(count: int) -> str:
    return counted(count, "person", "people")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 call`, `2,304 calls`, `no calls`."""
    return f"{count:,} {one}" if count == 1 else f"{f'{count:,}' if count else 'no'} {many or f'{one}s'}"


def share(value: float | None) -> str:
    """A rate from 0 to 1 as `23.3 %`."""
    return percent(value)


def interval(low: float | None, high: float | None) -> str:
    """`16.6–31.6 %`; empty without one."""
    return "" if low is None or high is None else in_language(f"{100 * low:.1f}–{100 * high:.1f} %")


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
