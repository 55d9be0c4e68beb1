"""Requests that somebody hostile sends, each with one value in one place, and what they came to."""

import copy
import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.test import Client

from tests.dialer_log import one
from tests.fuzzing.addresses import Address, Offered
from tests.fuzzing.values import BODIES, MORE_VALUES, RAW_QUERIES, VALUES
from tests.isolation.walk import undone

ALL_VALUES: list[Any] = [*VALUES, *MORE_VALUES]
SLOWEST = 2
"""Seconds."""
ALWAYS_TRIED = "sort page per_page _export q period from to as_of since next".split()
OTHER_METHODS = ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY"]
HEADERS = """
    HX-Request HX-Target HX-Current-URL HX-Prompt HX-Trigger Accept Accept-Language Accept-Encoding Range Referer Origin
    If-None-Match If-Modified-Since Sec-Purpose X-Forwarded-For X-Forwarded-Proto X-Request-Id Authorization User-Agent
    X-CSRFToken Content-Length
""".split()
COOKIES = ["csrftoken", "messages", "sessionid", "device", "theme"]


@dataclass(frozen=True)
class Try:
    address: Address
    what: str
    method: str
    url: str
    data: Any = None
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, client: Client):
        saved = copy.deepcopy(client.cookies)
        try:
            for name, value in self.cookies.items():
                client.cookies[name] = value
            if self.content_type or self.method not in ("GET", "POST"):
                body = self.data if isinstance(self.data, bytes) else b""
                return client.generic(self.method, self.url, body, content_type=self.content_type, headers=self.headers)
            send = client.get if self.method == "GET" else client.post
            return send(self.url, self.data, headers=self.headers)
        finally:
            client.cookies = saved

    def __str__(self) -> str:
        return f"{self.method} {self.address.name} as {self.address.visitor}: {self.what}"


def tries(addresses: list[Address], offered: Offered) -> Iterator[Try]:
    """Every value alone in every parameter and field that is offered, and what fits no form."""
    forms = list(offered.forms.values())
    for value in ALL_VALUES:
        about = repr(value)[:40]
        for address in addresses:
            yield Try(address, f"all: {about}", "GET", address.url, dict.fromkeys(ALWAYS_TRIED, value))
            for name in offered.parameters_of(address):
                yield Try(address, f"?{name}={about}", "GET", address.url, {name: value})
            if isinstance(value, str) and value and len(value) < 1000:
                for before, after in address.pieces:
                    url = before + quote(value, safe="") + after
                    yield Try(address, f"path {about}", "GET", url)
                    yield Try(address, f"path {about}", "POST", url, {})
        for address, data in forms:
            for name in data:
                yield Try(address, f"{name}: {about}", "POST", address.url, {**data, name: value})
                if name == "file":
                    yield Try(address, f"file {about}", "POST", address.url, {**data, name: uploaded(value)})
    yield from with_odd_forms(addresses, forms)
    yield from with_odd_requests(addresses)


def uploaded(value: Any) -> io.BytesIO:
    """A file whose name and content are the value."""
    text = value if isinstance(value, str) else "".join(value)
    file = io.BytesIO(text.encode())
    file.name = re.sub(r"[\r\n/]", "", text)[:5000] or "x"
    return file


def with_odd_forms(addresses: list[Address], forms: list[tuple[Address, dict[str, str]]]) -> Iterator[Try]:
    """Forms that lack a field, or have a file for a text; and bodies that are no form."""
    for address, data in forms:
        for name in data:
            without = {key: value for key, value in data.items() if key != name}
            yield Try(address, f"no {name}", "POST", address.url, without)
            yield Try(address, f"file as {name}", "POST", address.url, {**data, name: uploaded("a,b\n1,\0")})
        yield Try(address, "all twice", "POST", address.url, {key: [value, "x"] for key, value in data.items()})
    for body, content_type in BODIES:
        for address in addresses:
            about = f"{body[:30]!r} as {content_type[:60]}"
            yield Try(address, about, "POST", address.url, body, content_type or "application/octet-stream")


def with_odd_requests(addresses: list[Address]) -> Iterator[Try]:
    for address in addresses:
        for query in RAW_QUERIES:
            yield Try(address, f"?{query}", "GET", f"{address.url}?{query}")
        for method in OTHER_METHODS:
            yield Try(address, method, method, address.url)
    texts = [value for value in ALL_VALUES if isinstance(value, str) and value.isprintable() and value.isascii()]
    for value in texts:
        for address in addresses[::25]:
            for name in HEADERS:
                # The server takes no header with a line's end; WSGI hands them on as Latin-1.
                yield Try(address, f"{name}: {value[:30]}", "GET", address.url, headers={name: value[:8000]})
            for name in COOKIES:
                yield Try(address, f"{name}={value[:30]}", "GET", address.url, cookies={name: value[:3000]})


def of_api(address: Address, campaign) -> Iterator[Try]:
    """Calls of a dialer with every value in every key, as JSON of every type."""
    full = one(campaign) | dict.fromkeys(
        ["direction", "talk_seconds", "notes", "caller", "callback_at", "meeting_at", "reported_at"]
    )
    for value in [*ALL_VALUES, None, 10**30, -1.5, True, 1e308, [], {}, [[]], {"a": [1]}]:
        for name in full:
            for each in (value, [value], {"a": value}):
                body = json.dumps({"calls": [full | {name: each}], "timezone": "UTC"}).encode()
                yield Try(address, f"JSON {name}: {each!r}"[:60], "POST", address.url, body, "application/json")
        for body in ({"calls": value}, {"calls": [value]}, value, {"calls": [full], "timezone": value}):
            yield Try(
                address, f"JSON {body!r}"[:60], "POST", address.url, json.dumps(body).encode(), "application/json"
            )


@dataclass
class Requests:
    """Sends requests, undoes what they do, and keeps those that fail or take too long."""

    clients: dict[str, Client]
    count: int = 0
    failed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest: float = 0

    def send(self, each: Try):
        answer, seconds = self._timed(each)
        for _ in range(2):  # a machine that does much else is given another chance
            if seconds > SLOWEST:
                seconds = min(seconds, self._timed(each)[1])
        self.count += 1
        self.slowest = max(self.slowest, seconds)
        if answer.status_code >= 500:
            self.failed.append(f"{answer.status_code} {each}")
            print(self.failed[-1], flush=True)
        if seconds > SLOWEST:
            self.slow.append(f"{seconds:.1f} s {each}")
        return answer

    def _timed(self, each: Try):
        with undone():
            begun = time.perf_counter()
            answer = each.send(self.clients[each.address.visitor])
            if answer.streaming:
                answer.getvalue()
            return answer, time.perf_counter() - begun
