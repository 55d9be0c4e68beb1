"""Who may use an endpoint: a token of the workspace that has its scope."""

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from config.monitoring.context import add_to_log
from config.ui.api import Problem
from markets.models import ApiToken, Scope
from markets.workspaces import api_tokens
from markets.workspaces.access import Access

NOT_FOUND = "There is nothing here that this token may see."
HOW_TO_SIGN_IN = "Send the header “Authorization: Bearer …” with a token that is neither revoked nor expired."


class ApiRequest(HttpRequest):
    """Type of the request in an endpoint. For annotations only."""

    auth: ApiToken
    access: Access
    requests_this_minute: int


class TokenWithScope(HttpBearer):
    """A token of the workspace in the address. An unknown, revoked or expired one gets 401, one of another workspace
    404, as if the workspace did not exist, and one without the scope 403."""

    openapi_description = "A token that a manager made on the page API tokens."

    def __init__(self, scope: Scope, body_type: str = ""):
        """`body_type` is the media type that a request must have, if it has a body."""
        super().__init__()
        self.scope, self.body_type = scope, body_type

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        found = api_tokens.usable_token(f"Bearer {token}")
        if found is None:
            raise unauthorized()
        of_token = cast(ApiRequest, request)
        of_token.requests_this_minute = api_tokens.count_request(found)
        if of_token.requests_this_minute > api_tokens.MAX_REQUESTS_PER_MINUTE:
            most = api_tokens.MAX_REQUESTS_PER_MINUTE
            raise Problem(429, f"More than {most} requests in this minute; wait for the next.")
        assert request.resolver_match is not None
        if not api_tokens.opens(found, request.resolver_match.kwargs["slug"]):
            raise Problem(404, NOT_FOUND)
        add_to_log(workspace_id=found.workspace.pk)
        if self.scope.value not in found.scopes:
            raise Problem(403, f"This token lacks the scope “{self.scope.value}”.")
        if self.body_type and request.content_type != self.body_type:
            raise Problem(415, f"Send the header “Content-Type: {self.body_type}”.")
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise Problem(415, "Send the body without compression.")
        api_tokens.record_use(found)
        of_token.access = Access(found.workspace, self.scope.role, None)
        return found


def unauthorized() -> Problem:
    return Problem(401, HOW_TO_SIGN_IN, {"WWW-Authenticate": 'Bearer realm="Client Portal"'})
