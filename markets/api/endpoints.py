"""The decorator of endpoints, which says for each who may use it and what it answers."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.timezone import override
from ninja import Router, Schema

from markets.api.idempotency import idempotent
from markets.api.paging import check_query
from markets.api.tokens import ApiRequest, TokenWithScope
from markets.models import Scope
from markets.workspaces.audit import by_token

Endpoint = Callable[..., Any]
ALWAYS = (401, 403, 404, 422, 429, 503)
"""Any request can be refused like this."""
PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the response that you have. If it is still the same, the answer is an empty 304.",
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "An ETag: nothing is done, and 412 answered, unless what it is of is still the same.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": (
        "Of your choice, such as a UUID. The same request with the same key within 24 hours is not done again: it "
        "gets the first response once more. Another request with the same key gets 422."
    ),
}


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    scope: Scope,
    answers: type[Schema],
    status: int = 200,
    refusals: Collection[int] = (),
    takes_key: bool = False,
    takes_etag: bool = False,
    example: object = None,
    body_type: str = "application/json",
) -> Callable[[Endpoint], Endpoint]:
    """Adds a function to the API. A token needs the scope, and acts with its role.

    `refusals` are further status codes that it may answer; `takes_key`, whether the header Idempotency-Key keeps it
    from being done twice; `takes_etag`, whether it looks at If-Match; `example`, a body of type `body_type` that can be
    sent. The function gets the request, whose `access` has the workspace. Times without an offset are the workspace's,
    and texts English.
    """

    def decorate(view: Endpoint) -> Endpoint:
        @wraps(view)
        def respond(request: ApiRequest, **values: Any) -> HttpResponse:
            if request.method == "GET":
                check_query(request, [value for value in values.values() if isinstance(value, Schema)])
            with override(request.access.workspace.zone), translation.override("en"), by_token(request.auth):
                result = view(request, **values)
            return result if isinstance(result, HttpResponse) else json_response(result, status=status)

        router.api_operation(
            [method],
            path,
            auth=TokenWithScope(scope, "" if method == "GET" else body_type),
            response={status: answers},
            operation_id=view.__name__,
            summary=(view.__doc__ or view.__name__).split("\n")[0].rstrip("."),
            description=_description(view.__doc__ or ""),
            openapi_extra=_extra(
                method,
                scope,
                {*ALWAYS, *refusals},
                headers=[*[IDEMPOTENCY_KEY] * takes_key, *[IF_MATCH] * takes_etag],
                body={body_type: example},
            ),
        )(idempotent(respond) if takes_key else respond)
        return view

    return decorate


def json_response(shown: Schema, *, status: int = 200, etag: str = "") -> HttpResponse:
    headers = {"ETag": etag} if etag else {}
    return HttpResponse(shown.model_dump_json(), status=status, content_type="application/json", headers=headers)


def _description(doc: str) -> str:
    return " ".join(doc.partition("\n")[2].split())


def _extra(
    method: str, scope: Scope, refusals: set[int], *, headers: list[dict[str, object]], body: Mapping[str, object]
) -> dict[str, Any]:
    codes = set() if method == "GET" else {400, 413, 415}
    responses: dict[int, dict[str, Any]] = {
        code: {"description": HTTPStatus(code).phrase, "content": {"application/problem+json": PROBLEM}}
        for code in sorted(refusals | codes)
    }
    extra: dict[str, Any] = {"x-scope": scope.value, "responses": responses}
    if method == "GET":
        responses[304] = {"description": "Not Modified"}
        extra["parameters"] = [IF_NONE_MATCH]
    if headers:
        extra["parameters"] = headers
    if examples := {kind: {"example": example} for kind, example in body.items() if example is not None}:
        extra["requestBody"] = {"content": examples}
    return extra
