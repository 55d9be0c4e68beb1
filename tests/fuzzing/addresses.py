"""Every address of the URL resolver, whom it is tried for, and the parameters and forms that its pages offer."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponseBase
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from markets.models import Contact
from tests.access_rows import ROWS, url_of
from tests.isolation.walk import Forms

PROBES = ["/livez", "/readyz", "/metrics"]
"""Answered by middleware, without the resolver."""
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
LINK = re.compile(r'(?:href|hx-get|action)="([^"#]*)\?([^"#]*)"')


@dataclass(frozen=True)
class Address:
    name: str
    url: str
    visitor: str
    """One of those that tests/fuzzing/visitors.py signs in."""

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """What comes before and after each part of the path that is an argument."""
        parts = self.url.split("/")
        chosen = [n for n, part in enumerate(parts) if n > 1 and (part.isdigit() or part == "ours" or len(part) > 15)]
        return [("/".join(parts[:n]) + "/", "/" + "/".join(parts[n + 1 :])) for n in chosen]


@dataclass
class Offered:
    """What pages offer to send, by the name of the URL that it is sent to."""

    parameters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    forms: dict[tuple[str, ...], tuple[Address, dict[str, str]]] = field(default_factory=dict)
    """The first of those with the same fields, as it stands."""

    def add(self, address: Address, answer: HttpResponseBase) -> None:
        if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
            return
        page = answer.content.decode()
        for path, query in LINK.findall(page):
            self._add_parameters(path or address.url, dict(parse_qsl(query, keep_blank_values=True)))
        for form in Forms(page).forms:
            url = form["action"].partition("#")[0] or address.url
            if form["method"] == "get":
                self._add_parameters(urlsplit(url).path, form["data"])
            elif name := name_of(urlsplit(url).path):
                data = {key: value for key, value in form["data"].items() if key != "csrfmiddlewaretoken"}
                to = Address(name, url, address.visitor)
                self.forms.setdefault((address.visitor, name, *sorted(data)), (to, data))

    def _add_parameters(self, path: str, data: Iterable[str]) -> None:
        if name := name_of(path):
            self.parameters[name] |= set(data)

    def parameters_of(self, address: Address) -> list[str]:
        return sorted(self.parameters.get(address.name, ()))


def name_of(path: str) -> str:
    """Of a URL of the portal; empty for any other."""
    try:
        return resolve(path).view_name if path.startswith("/") else ""
    except Resolver404:
        return ""


def routes(patterns: Iterable[URLPattern | URLResolver], before: str = "", names: tuple[str, ...] = ()):
    """Name and route of every URL."""
    for each in patterns:
        route = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route, (*names, *filter(None, [each.namespace])))
        else:
            yield ":".join((*names, each.name or route)), "/" + re.sub(r"\$$|\\Z$", "", route)


def of_workspaces(ours) -> Iterator[Address]:
    yield from (Address(row.name, url_of(row, ours.workspace.slug, ours.ids), "manager") for row in ROWS)
    yield Address("api:calls", reverse("api:calls", args=[ours.workspace.slug]), "dialer")


def of_others(arguments: Mapping[tuple[str, str], object], admin_rows) -> Iterator[Address]:
    """Pages of accounts for who is signed in and who is not, of the admin for ops staff, and what a token opens."""
    keys = {f"admin:{model._meta.app_label}_{model._meta.model_name}": row.pk for model, row in admin_rows.items()}
    contact = ContentType.objects.get_for_model(Contact).pk
    usual = {"object_id": 1, "content_type_id": contact, "app_label": "calls", "url": "nothing", "pk": 1, "key": "x-y"}
    usual |= {"uidb36": "1", "token": "none", **{"extra_context": "x"}}
    for name, route in routes(get_resolver().url_patterns):
        if route.startswith("/w/"):
            continue
        key = keys.get(name.rpartition("_")[0]) or keys.get(route.replace("/", "_"), 1)

        def filled(match: re.Match[str], name=name, key=key) -> str:
            argument = match[1] or match[2]
            return str(arguments.get((name, argument), key if argument == "object_id" else usual.get(argument, "x")))

        url = ARGUMENT.sub(filled, route)
        if route.startswith("/admin/"):
            visitors = ["ops"]
        else:
            visitors = ["nobody", "manager"]
            visitors += ["halfway"] if name in ("mfa_authenticate", "mfa_login_webauthn") else []
            visitors += ["invited"] if name in ("account_signup", "invitation") else []
        yield from (Address(name, url, visitor) for visitor in visitors)
    yield from (Address(path, path, "nobody") for path in PROBES)
