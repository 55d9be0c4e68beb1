"""A client of the API with a token, as another system has one."""

import json
import re
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.api import openapi_document
from markets.models import Scope
from markets.workspaces import api_tokens

ALL = tuple(Scope)
MISSING = 2_000_000_000


@dataclass
class ApiClient:
    workspace: object
    token: str
    client: Client = field(default_factory=Client)

    def url(self, path, slug=None):
        return f"/w/{slug or self.workspace.slug}/api/v1/{path}"

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    def request(self, method, path, body=None, slug=None, **headers):
        return self.client.generic(
            method,
            self.url(path, slug),
            body if isinstance(body, bytes | str) else b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers=self.headers | headers,
        )

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.request("POST", path, body, **headers)

    def put(self, path, body, **headers):
        return self.request("PUT", path, body, **headers)


def api_client(workspace, *scopes, name="CRM", **options):
    _, text = api_tokens.issue(workspace=workspace, name=name, by=None, scopes=scopes or ALL, **options)
    return ApiClient(workspace, text)


def operations():
    """(method, path, details) of each endpoint."""
    for path, methods in openapi_document()["paths"].items():
        for method, details in methods.items():
            yield method.upper(), path.removeprefix("/"), details


def filled(path, ids):
    """The path with the ids of a firm, as in contacts/{contact_id}."""
    path = path.replace("{external_id}", "CRM-7").replace("{import_id}", "{ended_import_id}")
    return re.sub(r"\{(\w+?)(_id)?\}", lambda match: str(ids.get(match[1], MISSING)), path)


def example(details):
    """The body that the documentation gives as an example."""
    return next(iter(details.get("requestBody", {}).get("content", {}).values()), {}).get("example")


def send_example(who, method, path, details, ids, slug=None):
    """The answer to the endpoint's example, with the ids of a firm in its path."""
    body, url = example(details), filled(path, ids)
    if "multipart/form-data" in details.get("requestBody", {}).get("content", {}):
        file = SimpleUploadedFile("list.csv", b"Email\nann@lee.example\n")
        return who.client.post(who.url(url, slug), body | {"file": file}, headers=who.headers)
    return who.request(method, url, body, slug=slug)
