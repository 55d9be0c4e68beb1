"""The API: its endpoints, put together, and its OpenAPI document."""

from functools import cache
from typing import Any

from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from calls.api import calls, promises
from campaigns.api import audiences, campaigns
from markets.api import contacts, imports, markets, suppressions
from markets.api.responses import ProblemOut, add_problem_handlers, complete
from signals.api import signals

DESCRIPTION = (
    "The API of one workspace. A manager makes tokens under Settings, each with what it may do and until when. Send "
    "one in the header “Authorization: Bearer …”. Refusals are problem documents (RFC 9457)."
)

api = NinjaAPI(
    title="Client Portal",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api_v1",
    servers=[
        {
            "url": "/w/{workspace}/api/v1",
            "variables": {"workspace": {"default": "acme", "description": "As in the addresses of its pages."}},
        }
    ],
)
api.add_decorator(complete, mode="view")
add_problem_handlers(api)
for module in (markets, contacts, campaigns, audiences, calls, promises, signals, suppressions, imports):
    api.add_router("", module.router)


@cache
def openapi_document() -> dict[str, Any]:
    """The document, with the schema of refusals, which no endpoint names as its answer."""
    document: dict[str, Any] = api.get_openapi_schema(path_prefix="")
    _, problems = models_json_schema([(ProblemOut, "serialization")], ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= problems["$defs"]
    return document
