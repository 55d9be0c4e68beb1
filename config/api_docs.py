"""The pages /api/docs and /api/openapi.json: the documentation of the API, for people and for programs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.api import openapi_document

PREFIX = "#/components/schemas/"


@dataclass
class Operation:
    """What the page shows of one endpoint."""

    method: str
    path: str
    details: Mapping[str, Any]
    body: str
    """An example of what to send, as JSON."""
    response: str
    """An example of the response, as JSON."""
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    """The fields of the body: name, type, description."""


@require_safe
def api_document(request: HttpRequest) -> JsonResponse:
    return JsonResponse(openapi_document())


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    document = openapi_document()
    groups: dict[str, list[Operation]] = {}
    for operation in _operations(document):
        groups.setdefault(operation.details["tags"][0], []).append(operation)
    address = request.build_absolute_uri("/") + "w/…/api/v1"
    return render(request, "api/docs.html", {"info": document["info"], "groups": groups, "address": address})


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            status = next(code for code in details["responses"] if int(code) < 300)
            sent: Mapping[str, Any] = next(iter(details.get("requestBody", {}).get("content", {}).values()), {})
            shown = details["responses"][status]["content"]["application/json"]["schema"]
            yield Operation(
                method.upper(),
                path,
                details,
                body=_json(sent["example"]) if "example" in sent else "",
                response=_json(example_of(shown, schemas)),
                fields=list(_fields(sent.get("schema", {}), schemas)),
            )


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> object:
    """A value of the schema, made of the examples of its fields."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(PREFIX)], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas)
    match schema.get("type"):
        case "object":
            return {name: example_of(each, schemas) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [example_of(schema["items"], schemas)]
        case "string":
            return {"date-time": "2026-01-31T15:04:05Z", "date": "2026-01-31"}.get(schema.get("format", ""), "")
        case "boolean":
            return False
    return 0


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str, str]]:
    """The fields of an object and of the objects in its lists."""
    schema = schemas[schema["$ref"].removeprefix(PREFIX)] if "$ref" in schema else schema
    for name, each in schema.get("properties", {}).items():
        kind = next((option for option in each.get("anyOf", [each]) if option.get("type") != "null"), each)
        is_needed = name in schema.get("required", ())
        yield (
            f"{path}{name}",
            f"{kind.get('type', 'object')}{'' if is_needed else ', optional'}",
            each.get("description", ""),
        )
        if kind.get("type") == "array":
            yield from _fields(kind["items"], schemas, f"{path}{name}[].")
