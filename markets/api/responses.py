"""What all responses have in common: limits in headers, ETags, and problem documents (RFC 9457) for refusals."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from config.ui.api import Problem, problem_responses
from markets.api.tokens import NOT_FOUND, unauthorized
from markets.workspaces.api_tokens import MAX_REQUESTS_PER_MINUTE
from markets.workspaces.throttles import seconds_left

Run = Callable[..., HttpResponseBase]


class FieldProblem(Schema):
    field: str = Field(description="Where the value is, such as body.contacts.0.email.")
    message: str


class ProblemOut(Schema):
    """Why a request was refused (RFC 9457)."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="A sentence for people.", examples=["Nothing here has this id."])
    code: str | None = Field(None, description="For programs, where several things can be wrong.")
    errors: list[FieldProblem] | None = Field(None, description="The values that are wrong, for 422.")


def etag_of(text: bytes | str) -> str:
    """A strong ETag for what is shown of something."""
    content = text.encode() if isinstance(text, str) else text
    return quote_etag(hashlib.sha256(content).hexdigest()[:32])


def matches(header: str, etag: str) -> bool:
    """Whether the ETags of a header have this one. It may be marked as weak: that is what compression does to it."""
    return header.strip() == "*" or etag in {each.removeprefix("W/") for each in parse_etags(header)}


def check_unchanged(request: HttpRequest, shown: Schema | None) -> None:
    """Raises Problem 412 if the header If-Match names other ETags than that of what is shown now, or nothing is. Call
    it once what is shown is locked."""
    expected = request.headers.get("If-Match")
    if expected is not None and (shown is None or not matches(expected, etag_of(shown.model_dump_json()))):
        raise Problem(412, "It has changed since, or is not known. Read it again.")


def complete(run: Run) -> Run:
    """Decorates an operation: turns refusals into problem documents, adds the headers of the limit, and answers 304 to
    who has the response already."""

    @wraps(run)
    def wrapper(request: HttpRequest, *args: object, **kwargs: Any) -> HttpResponseBase:
        response = problem_responses(run)(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:
            response = _conditional(request, response)
        sent = getattr(request, "requests_this_minute", None)
        if sent is not None:
            wait = str(seconds_left(60))
            response.headers["RateLimit-Limit"] = str(MAX_REQUESTS_PER_MINUTE)
            response.headers["RateLimit-Remaining"] = str(max(0, MAX_REQUESTS_PER_MINUTE - sent))
            response.headers["RateLimit-Reset"] = wait
            if response.status_code == 429:
                response.headers["Retry-After"] = wait
        return response

    return wrapper


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    assert isinstance(response, HttpResponse)
    etag = response.headers["ETag"] = etag_of(response.content)
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def refusing_other_methods(address: URLPattern) -> URLPattern:
    """The address, where a method that no endpoint has gets 405 as a problem document, too."""
    view = address.callback

    @wraps(view)
    def respond(request: HttpRequest, **where: str) -> HttpResponseBase:
        response: HttpResponseBase = view(request, **where)
        if response.status_code == 405:
            methods = ", ".join(sorted(response.headers["Allow"].split(", ")))
            return Problem(405, f"Here are the methods {methods}.", {"Allow": methods}).response
        return response

    return URLPattern(address.pattern, respond, address.default_args, address.name)


@csrf_exempt
def no_such_endpoint(request: HttpRequest, **where: str) -> HttpResponse:
    """The answer at addresses of the API that no endpoint has."""
    return Problem(404, NOT_FOUND).response


def add_problem_handlers(api: NinjaAPI) -> None:
    """Makes each error of the library a problem document."""
    kinds: Mapping[type[Exception], Callable[[Any], Problem]] = {
        Problem: lambda problem: problem,
        AuthenticationError: lambda error: unauthorized(),
        Http404: lambda error: Problem(404, NOT_FOUND),
        RequestDataTooBig: lambda error: Problem(
            413, f"Send at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes at a time."
        ),
        TooManyFieldsSent: lambda error: Problem(413, "The body has too many fields."),
        TooManyFilesSent: lambda error: Problem(413, "The body has too many files."),
        MultiPartParserError: lambda error: Problem(400, "The body is no multipart/form-data that can be read."),
        UnreadablePostError: lambda error: Problem(400, "The request broke off before its end. Send it again."),
        HttpError: lambda error: Problem(error.status_code, f"{str(error).rstrip('.')}."),
        ValidationError: lambda error: invalid(_field_problems(error.errors)),
    }
    for kind, to_problem in kinds.items():
        api.add_exception_handler(kind, _handler(to_problem))


def _handler(to_problem: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: to_problem(error).response


def invalid(errors: Iterable[tuple[str, str]]) -> Problem:
    """422 for values that cannot be used, each with where it is and a sentence."""
    listed = [{"field": field, "message": message} for field, message in errors]
    return Problem(422, " ".join(f"{each['field']}: {each['message']}" for each in listed[:5]), more={"errors": listed})


def _field_problems(errors: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for error in errors:
        place = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
        # The library puts the name of the parameter between “body” and the fields in it.
        yield ".".join(place) or "body", f"{error['msg']}."
