"""What of a log record and an exception may be written down.

The text of an exception may quote a row (“Key (email)=(ann@firm.example) already exists”), an address or what somebody
typed. So an exception is logged as its class, its code, the constraint and where it happened, and never by its text.
Libraries log such texts and addresses, too: of their records only the literal message and its numbers are kept.
"""

import errno
import logging
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured

OURS = ("config", "markets", "campaigns", "calls", "signals")
WITHHELD = "…"
SPEAKS_OF_SETTINGS = (ImproperlyConfigured, ImportError)
"""Exceptions whose texts are about the code and its settings."""
MOST_FRAMES, MOST_CAUSES = 40, 5
ROOT = f"{Path(__file__).resolve().parent.parent.parent}/"
PACKAGES = "/site-packages/"


def is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in OURS


def message_of(record: logging.LogRecord) -> str:
    """The message without values that may be personal data."""
    if not isinstance(record.msg, str) or not (record.args or is_ours(record.name)):
        return f"{WITHHELD} ({place(record.pathname, record.lineno, record.funcName)})"
    harmless = _harmless if is_ours(record.name) else _number
    args = record.args
    try:
        if isinstance(args, Mapping):
            return record.msg % {name: harmless(value) for name, value in args.items()}
        return record.msg % tuple(map(harmless, args)) if args else record.msg
    except (TypeError, ValueError):
        return record.msg


def _harmless(value: object) -> object:
    return summary(value) if isinstance(value, BaseException) else value


def _number(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else WITHHELD


def summary(error: BaseException) -> str:
    """An exception in a few words: “IntegrityError 23505 contact_unique”."""
    facts = facts_of(error)
    return " ".join(str(each) for each in (type(error).__name__, facts.get("code"), facts.get("constraint")) if each)


def facts_of(error: BaseException) -> dict[str, object]:
    """The code and the constraint of an error of the database, a mail server or the operating system."""
    facts: dict[str, object] = {}
    for each in (error, error.__cause__):
        diagnosis = getattr(each, "diag", None)
        code = getattr(each, "sqlstate", None) or getattr(each, "sqlite_errorname", None)
        if code is None and isinstance(each, OSError) and each.errno is not None:
            code = errno.errorcode.get(each.errno)
        code = code or getattr(each, "smtp_code", None)
        if code:
            facts["code"] = code
            if constraint := getattr(diagnosis, "constraint_name", None):
                facts["constraint"] = constraint
            break
    if isinstance(error, SPEAKS_OF_SETTINGS):
        facts["text"] = str(error)
    return facts


def exception_entry(error: BaseException) -> dict[str, object]:
    """The exception and what caused it, without their texts."""
    entries = [
        {"type": f"{type(each).__module__}.{type(each).__qualname__}", **facts_of(each), "stack": stack_of(each)}
        for each in _chain(error)
    ]
    return entries[0] if len(entries) == 1 else {**entries[0], "causes": entries[1:]}


def stack_of(error: BaseException) -> list[str]:
    return _places(error.__traceback__)[-MOST_FRAMES:]


def _places(last: TracebackType | None) -> list[str]:
    return [place(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in traceback.walk_tb(last)]


def place(file: str, line: int, function: str | None) -> str:
    """Relative to the portal or to its packages."""
    short = file.rpartition(PACKAGES)[2] if PACKAGES in file else file.removeprefix(ROOT)
    return f"{short}:{line} in {function}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then the errors within a group, and what caused it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) <= MOST_CAUSES:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)
        cause = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        if cause:
            waiting.append(cause)
