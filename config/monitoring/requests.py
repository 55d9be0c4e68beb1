"""One line in the log, and one count in the metrics, for each request."""

import logging
import re
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from config.db.replicas.routing import executing_with
from config.monitoring.context import log_context
from config.monitoring.log_lines import MEASURED
from config.monitoring.metrics import count_request

logger = logging.getLogger(__name__)
REQUEST_ID = re.compile(r"[0-9a-fA-F-]{16,64}")
"""What proxies make: hexadecimal digits. Anything else could be somebody's name."""


class Statements:
    """Counts database statements and the time they take. COPY, which imports use, is not counted."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += perf_counter() - started


class RequestLogMiddleware:
    """Names each request by X-Request-Id, and logs and counts it when its last byte is handed on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started, statements = perf_counter(), Statements()
        with log_context(request_id=request_id_of(request)) as about:
            with executing_with(statements):
                response = self.get_response(request)
            response["X-Request-Id"] = str(about["request_id"])
            if response.streaming:
                stream = cast(StreamingHttpResponse, response)
                content = cast(Iterator[bytes], stream.streaming_content)
                stream.streaming_content = self._streamed(request, response, content, started, statements, about)
            else:
                record(request, response.status_code, started, statements, about)
        return response

    def _streamed(
        self,
        request: HttpRequest,
        response: HttpResponse,
        content: Iterator[bytes],
        started: float,
        statements: Statements,
        about: dict[str, object],
    ) -> Iterator[bytes]:
        try:
            with executing_with(statements):
                yield from content
        finally:
            with log_context(**about) as values:
                record(request, response.status_code, started, statements, values)


def request_id_of(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex


def route_of(request: HttpRequest) -> str:
    """The name of the route, as an address may hold a token, a name or what somebody searched for."""
    if match := request.resolver_match:
        return match.view_name or match.route
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def record(request: HttpRequest, status: int, started: float, statements: Statements, about: dict[str, object]) -> None:
    seconds, route = perf_counter() - started, route_of(request)
    count_request(
        route=route,
        method=request.method or "",
        status=status,
        seconds=seconds,
        statements=statements.count,
        statement_seconds=statements.seconds,
    )
    level = logging.DEBUG if route == "static" else logging.INFO
    if not logger.isEnabledFor(level):
        return
    if "user_id" not in about and (user_id := signed_in_user(request, status)):
        about["user_id"] = user_id
    measured = {
        "method": request.method if (request.method or "").isalpha() else "other",
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "statements": statements.count,
        "database_ms": round(statements.seconds * 1000, 1),
    }
    logger.log(level, "%s %s: %s in %s ms", *list(measured.values())[:4], extra={MEASURED: measured})


def signed_in_user(request: HttpRequest, status: int) -> int | None:
    """Only from a session that the request has read anyway; after an error it may not be readable."""
    session = getattr(request, "session", None)
    if session is None or not session.accessed or status >= 500:
        return None
    user_id = session.get(SESSION_KEY)
    return int(user_id) if user_id else None
