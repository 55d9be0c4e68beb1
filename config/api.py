"""The API: its endpoints, put together, and its OpenAPI document."""

from functools import cache
from typing import Any

from django.urls import URLPattern
from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from calls.api import calls, promises
from campaigns.api import audiences, campaigns, members
from markets.api import imports, markets, sent_contacts, suppressions
from markets.api.responses import ProblemOut, add_problem_handlers, complete, refusing_other_methods
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
for module in (markets, sent_contacts, campaigns, members, audiences, calls, promises, signals, suppressions, imports):
    api.add_router("", module.router)

addresses, app_name, namespace = api.urls
urls = [refusing_other_methods(each) for each in addresses if isinstance(each, URLPattern)], app_name, namespace


@cache
def openapi_document() -> dict[str, Any]:
    """The document, with the schema of refusals, which no endpoint names as its answer."""
    document: dict[str, Any] = api.get_openapi_schema(path_prefix="")
    _, problems = models_json_schema([(ProblemOut, "serialization")], ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= problems["$defs"]
    return document
