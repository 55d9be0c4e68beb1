"""JSON requests and responses of the API. A refused request gets a problem document (RFC 9457)."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError

from config.db.timeouts.statements import is_transient

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
SECONDS_TO_WAIT = "5"


class Problem(Exception):
    """Refuses a request as a whole. `detail` is a sentence for the response, a problem document (RFC 9457); `more` are
    further members of it."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ):
        super().__init__(detail)
        self.status, self.headers, self.more = status, headers, more or {}

    @property
    def response(self) -> HttpResponse:
        problem = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": str(self), **self.more}
        return JsonResponse(
            problem, status=self.status, content_type="application/problem+json", headers=dict(self.headers or {})
        )


def problem_responses(view: View) -> View:
    """Turns Problems of a view into responses, and database conflicts into a 503 that tells the client to retry."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            return problem.response
        except DatabaseError as error:
            if not (isinstance(error, (IntegrityError, OperationalError)) or is_transient(error)):
                raise
            logger.warning("A request was not done: %s", error)
            detail = "Another request was in the way, or the database is; nothing of this one was kept. Send it again."
            return Problem(503, detail, {"Retry-After": SECONDS_TO_WAIT}).response

    return wrapper


class Number(str):
    """A JSON number as written, so that an ID of twenty digits keeps them all."""


def read_json(request: HttpRequest, *, max_bytes: int) -> object:
    """The parsed body, with Number for numbers. Raises Problem, also for more than `max_bytes` bytes."""
    if request.content_type != "application/json":
        raise Problem(415, "Send JSON, with the header “Content-Type: application/json”.")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8") or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "Send the JSON as UTF-8 and not compressed.")
    try:
        body = request.read(max_bytes + 1)
    except UnreadablePostError:
        raise Problem(400, "The request broke off before its end; nothing of it was kept. Send it again.") from None
    if len(body) > max_bytes:
        raise Problem(413, f"The request has more than {max_bytes:,} bytes; send less at a time.")
    if not body:
        raise Problem(400, "The body is empty; send JSON, with the header “Content-Length”.")
    return _parse(body)


def kind_of(value: object) -> str:
    """The kind of a JSON value, in words for messages."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds: dict[type, str] = {Number: "a number", str: "a text", list: "a list", dict: "an object"}
    return kinds[type(value)]


def _parse(body: bytes) -> object:
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys,
        )
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is not UTF-8: byte {error.start + 1:,} cannot be read.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno:,}, column {error.colno:,}"
        raise Problem(400, f"The body is not JSON: {error.msg} ({where}).") from None
    except RecursionError:
        raise Problem(400, "The body holds lists or objects in one another too deeply to be read.") from None


def _refuse_constant(name: str) -> None:
    raise Problem(400, f"The body holds {name}, which is no JSON number; leave out what is not known.")


def _unique_keys(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise Problem(400, f"An object of the body has “{name[:60]}” twice; which of them counts cannot be told.")
        members[name] = value
    return members
