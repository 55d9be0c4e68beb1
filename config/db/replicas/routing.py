"""Which database a statement goes to: of a request that may be read from the standby, all reads outside transactions;
everything else to the primary."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

if TYPE_CHECKING:
    from django.db.models import Model


@dataclass
class Reads:
    """Where a request reads, and what became known of it meanwhile."""

    alias: str = DEFAULT_DB_ALIAS
    has_written: bool = False
    has_failed: bool = False


current: ContextVar[Reads | None] = ContextVar("reads", default=None)


def alias_for_reading() -> str:
    """Also for what reads without models. A transaction reads what it has written itself, and so does a request."""
    reads = current.get()
    if reads is None or reads.has_written or connection.in_atomic_block:
        return DEFAULT_DB_ALIAS
    return reads.alias


class StandbyRouter:
    """Rows of one database are related to those of the other: they are the same rows."""

    def db_for_read(self, model: "type[Model]", **hints: object) -> str:
        return DEFAULT_DB_ALIAS if is_read_from_primary(model) else alias_for_reading()

    def db_for_write(self, model: "type[Model]", **hints: object) -> str:
        if (reads := current.get()) and not is_read_from_primary(model):
            reads.has_written = True
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *rows: "Model", **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == DEFAULT_DB_ALIAS


def is_read_from_primary(model: "type[Model]") -> bool:
    app = model._meta.app_label
    return not {app, f"{app}.{model._meta.model_name}"}.isdisjoint(settings.READ_FROM_PRIMARY)


@contextmanager
def executing_with(wrapper: Callable[..., Any]) -> Iterator[None]:
    """`execute_wrapper` of each database."""
    with ExitStack() as stack:
        for each in connections.all():
            stack.enter_context(each.execute_wrapper(wrapper))
        yield
