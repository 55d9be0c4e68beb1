"""What a log line is about: the request or the job, the user and the workspace. Every line in it carries them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_about: ContextVar[dict[str, object] | None] = ContextVar("about", default=None)


@contextmanager
def log_context(**fields: object) -> Iterator[dict[str, object]]:
    """Adds the fields to every line that is logged in the block."""
    values = {**(_about.get() or {}), **fields}
    token = _about.set(values)
    try:
        yield values
    finally:
        _about.reset(token)


def add_to_log(**fields: Any) -> None:
    """Adds fields that become known in the course of a request or a job, until its `log_context` ends."""
    values = _about.get()
    if values is not None:
        values.update(fields)


def log_fields() -> dict[str, object]:
    return _about.get() or {}
