"""Questions of a page, each sent without waiting for the answer to the one before: while the database finds it, Python
puts the next together or draws what is answered already.

    @asking
    def moves(workspace: Workspace) -> Asking[Moves]:
        rows = yield workspace.signals.filter(...)     # is sent as `moves` is called
        return Moves(rows)                             # is made when somebody looks at it first

    found = moves(workspace)                           # an Answer; a template takes it for what it stands for
    found().people
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import cursor_iter
from django.db.models.sql.constants import CURSOR
from django.http import HttpRequest
from psycopg.generators import fetch_many

CHUNK = 1000
Statement = tuple[str, Sequence[Any]]
"""SQL and its parameters."""
type Question = QuerySet[Any, Any] | Statement
type Asking[T] = Generator[Question, list[Any], T]
"""Yields a question and gets its rows, perhaps more than once; returns what it makes of them."""


@contextmanager
def ahead() -> Iterator[None]:
    """Inside no question waits for another's answer, where the database can do that (PostgreSQL's pipeline mode).

    Nothing is written inside: there it is not known at once how many rows that has changed.
    """
    connection.ensure_connection()
    if not hasattr(connection.connection, "pipeline"):
        yield
        return
    settings = connection.settings_dict
    connection.settings_dict = settings | {"DISABLE_SERVER_SIDE_CURSORS": True}  # they cannot do so
    try:
        with connection.connection.pipeline():
            yield
    finally:
        connection.settings_dict = settings


@contextmanager
def asking_ahead(request: HttpRequest) -> Iterator[None]:
    """For a page of a workspace: what is asked and drawn inside does not wait for each answer."""
    with ahead():
        _ = request.access.navigation  # type: ignore[attr-defined]  # what is drawn first has to be found first
        yield


class Answer[T]:
    """Made when it is first called, and the same from then on."""

    def __init__(self, make: Callable[[], T]):
        self._make = make

    def __call__(self) -> T:
        return self._made

    def then[U](self, make: Callable[[T], U]) -> "Answer[U]":
        """What is made of this answer."""
        return Answer(lambda: make(self()))

    @cached_property
    def _made(self) -> T:
        return self._make()


def asking[**P, T](part: Callable[P, Asking[T]]) -> Callable[P, Answer[T]]:
    """A function that asks as it is called, and answers later."""

    @wraps(part)
    def ask_now(*args: P.args, **kwargs: P.kwargs) -> Answer[T]:
        steps = part(*args, **kwargs)
        try:
            question = _sent(next(steps))
        except StopIteration as end:
            made: T = end.value
            return Answer(lambda: made)
        return Answer(lambda: _finished(steps, question))

    return ask_now


@asking
def ask[Row](rows: QuerySet[Any, Row]) -> Asking[list[Row]]:
    """The rows of a query."""
    return (yield rows)


def _finished[T](steps: Asking[T], rows: Callable[[], list[Any]]) -> T:
    while True:
        try:
            question = steps.send(rows())
        except StopIteration as end:
            made: T = end.value
            return made
        rows = _sent(question)


def _sent(question: Question) -> Callable[[], list[Any]]:
    """What gives the rows; unless they can come meanwhile, they are asked for only then."""
    if not _is_ahead():
        return lambda: _rows(question)
    if isinstance(question, tuple):
        cursor: Any = connection.cursor()
        cursor.execute(*question)
        rows = cursor.fetchall
    else:
        cursor, rows = _sent_query(question.all())
    # The server keeps answers back until somebody asks for them, and by then it would have gone on with the next.
    connection.connection.pgconn.send_flush_request()
    connection.connection.pgconn.flush()

    def arrived() -> list[Any]:
        if cursor:
            _wait_for(cursor.cursor)
        return rows()

    return arrived


def _is_ahead() -> bool:
    pgconn = getattr(connection.connection, "pgconn", None)
    return bool(pgconn and pgconn.pipeline_status)


def _rows(question: Question) -> list[Any]:
    if isinstance(question, tuple):
        with connection.cursor() as cursor:
            cursor.execute(*question)
            return cursor.fetchall()
    return list(question)


def _sent_query(rows: QuerySet[Any, Any]) -> tuple[Any, Callable[[], list[Any]]]:
    """Sends it as Django's compiler does, which gets its rows later than it expects; no cursor where it is known that
    there is nothing to find."""
    compiler: Any = rows.query.get_compiler(rows.db)
    cursor = compiler.execute_sql(CURSOR)
    width = compiler.col_count if compiler.has_extra_select else None
    compiler.execute_sql = lambda *_, **__: cursor_iter(cursor, [], width, CHUNK) if cursor else []
    asked: Any = rows.query
    asked.get_compiler = lambda *_, **__: compiler
    return cursor, lambda: list(rows)


def _wait_for(cursor: Any) -> None:
    """Takes answers up to that of a cursor. psycopg by itself waits for all that was asked."""
    driver: Any = connection.connection
    pipeline = driver._pipeline  # None where `ahead` has ended, and all answers came with its end

    def up_to_it() -> Generator[Any, Any, None]:
        while pipeline and pipeline.result_queue and cursor.pgresult is None:
            results = yield from fetch_many(driver.pgconn)
            pipeline._process_results(pipeline.result_queue.popleft(), results)

    with connection.wrap_database_errors, driver.lock:
        driver.wait(up_to_it())
