"""What programs send and get: JSON both ways, and a sentence for whatever is refused."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
SECONDS_TO_WAIT = "5"


class Problem(Exception):
    """Why a request is refused as a whole, in a sentence; answered as RFC 9457 has it."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None):
        super().__init__(detail)
        self.status, self.headers = status, headers

    @property
    def response(self) -> HttpResponse:
        said = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": str(self)}
        return JsonResponse(
            said, status=self.status, content_type="application/problem+json", headers=dict(self.headers or {})
        )


def answers_problems(view: View) -> View:
    """A view whose refusals are Problems. What another request is in the way of can be sent again."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            return problem.response
        except (IntegrityError, OperationalError) as error:
            logger.warning("A request to %s was not done: %s", request.path, type(error).__name__)
            detail = "Another request was in the way, or the database is; nothing of this one was kept. Send it again."
            return Problem(503, detail, {"Retry-After": SECONDS_TO_WAIT}).response

    return answered


class Number(str):
    """A number of a JSON text, as it was written there: an ID of twenty digits keeps them all."""


def read_json(request: HttpRequest, *, most: int) -> Any:
    """The body, of at most `most` bytes. Its numbers are Numbers. Raises Problem."""
    if request.content_type != "application/json":
        raise Problem(415, "Send JSON, with the header “Content-Type: application/json”.")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8") or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "Send the JSON as UTF-8 and not compressed.")
    try:
        body = request.read(most + 1)
    except UnreadablePostError:
        raise Problem(400, "The request broke off before its end; nothing of it was kept. Send it again.") from None
    if len(body) > most:
        raise Problem(413, f"The request has more than {most:,} bytes; send less at a time.")
    if not body:
        raise Problem(400, "The body is empty; send JSON, with the header “Content-Length”.")
    return _parsed(body)


def kind_of(value: object) -> str:
    """What a value of a JSON text is, for a sentence."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds: dict[type, str] = {Number: "a number", str: "a text", list: "a list", dict: "an object"}
    return kinds[type(value)]


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
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


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, object]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(400, f"An object of the body has “{name[:60]}” twice; which of them counts cannot be told.")
        found[name] = value
    return found
