"""Visits every page of a workspace beside other workspaces: what a page holds, and which statements it took."""

import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl
from zipfile import ZipFile, is_zipfile

from django.apps import apps
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client

from calls.models import Call
from campaigns.models import SharedLink
from config.db.composite_keys import CompositeForeignKey
from markets.models import ApiToken, ImportedContact, ImportNote, ImportRejection, Invitation, Workspace

CHANGING = re.compile(
    rb'(name="(?:csrfmiddlewaretoken|request_key)"\s+value="|X-CSRFToken(?:"|&quot;): ?(?:"|&quot;))[-\w]*'
)
"""What differs each time a page is fetched."""


def content_of(response: HttpResponseBase) -> bytes:
    return unchanging(response.getvalue() if response.streaming else response.content)


def unchanging(body: bytes) -> bytes:
    """The body of a response, without what differs each time. The parts of a workbook one after the other."""
    if is_zipfile(io.BytesIO(body)):
        with ZipFile(io.BytesIO(body)) as book:
            # The properties of a workbook say when it was made.
            return b"".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)
    return CHANGING.sub(rb"\1", body)


def everything_in(response: HttpResponseBase, body: bytes) -> str:
    """Body and headers, as text to search."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{response.cookies}\n{unescape(body.decode(errors='replace'))}"


@contextmanager
def undone() -> Iterator[None]:
    """Rolls back whatever is written inside, and forgets what was cached."""
    for each in caches.all():
        each.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for each in caches.all():
        each.clear()


OTHER_BINDINGS: dict[type[Model], list[str]] = {
    # Written in bulk by the import of one workspace, without foreign keys in the database.
    Call: ["import_job_id"],
    ImportedContact: ["job_id", "contact_id"],
    ImportNote: ["job_id"],
    ImportRejection: ["job_id"],
    # Found by a secret, before the workspace is known.
    **{model: ["token_hash"] for model in (ApiToken, Invitation, SharedLink)},
}


@cache
def binding_columns() -> dict[str, str]:
    """By tenant table, the columns that bind a row to a workspace, as a pattern: its own, its key, and the foreign keys
    that the database confines to one workspace."""
    found = {}
    for model in apps.get_models():
        if any(each.name == "workspace" for each in model._meta.fields):
            keys = {
                model._meta.get_field(name).column
                for constraint in model._meta.constraints
                if isinstance(constraint, CompositeForeignKey)
                for name in constraint.fields
            }
            found[model._meta.db_table] = "|".join(
                sorted({"workspace_id", "id", *keys, *OTHER_BINDINGS.get(model, [])})
            )
    return found


FOLLOWED = "ON|WHERE|SET|ORDER|GROUP|LEFT|INNER|JOIN|LIMIT|USING|DEFAULT|VALUES|SELECT|CROSS|UNION|FOR|INDEXED|NOT"
ALIASED = re.compile(rf'(?:FROM|JOIN|UPDATE|INTO|,)\s+"?(\w+)"?(?:\s+(?:AS\s+)?"?(?!(?:{FOLLOWED})\b)(\w+)"?)?', re.I)


def unscoped(sql: str) -> list[str]:
    """The tenant tables of a statement that nothing in it binds to a workspace."""
    found = []
    for table, alias in ALIASED.findall(sql):
        if columns := binding_columns().get(table):
            name = alias or table
            has_prefix = re.search(rf'\b"?{name}"?\."?\w', sql)
            column = rf'"?\b{name}"?\."?(?:{columns})\b' if has_prefix else rf'(?<![.\w])"?(?:{columns})\b'
            bound = rf'{column}"?\)?\s*(?:=|IN\b)|=\s*\(?{column}|\bIN \({column}'
            if not re.search("workspace_id" if sql.startswith("INSERT") else bound, sql):
                found.append(table)
    return found


WRITTEN = re.compile(r'(?:INTO|UPDATE|DELETE FROM)\s+"?([a-z_]+)')


@dataclass
class Statements:
    """An execute_wrapper that keeps what no workspace bounds, and which tenant tables are written."""

    count: int = 0
    written: set[str] = field(default_factory=set)
    faults: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, execute, sql, params, many, context):
        if any(table in sql for table in binding_columns()):
            self.count += 1
            self.faults |= {(table, sql) for table in unscoped(sql)}
            self.written |= binding_columns().keys() & set(WRITTEN.findall(sql))
        return execute(sql, params, many, context)


totals: Counter[str] = Counter()
"""Requests and statements so far."""


@dataclass
class Visit:
    """One request: what was answered, and what it asked the database."""

    status: int
    body: bytes
    everything: str
    statements: Statements
    changed: list[str]
    """The tables in which rows of the other workspaces changed."""


def visit(
    client: Client,
    url: str,
    data: dict[str, object] | None = None,
    *,
    elsewhere: tuple[Sequence[Workspace], dict[str, str]] = ((), {}),
    **headers: str,
) -> Visit:
    """Fetches the address, or posts `data` to it. Whatever it writes is rolled back.

    `elsewhere` are other workspaces, and the hashes of their rows.
    """
    statements = Statements()
    with undone():
        with connection.execute_wrapper(statements):
            response = client.get(url, headers=headers) if data is None else client.post(url, data, headers=headers)
            body = content_of(response)
        workspaces, before = elsewhere
        # On PostgreSQL some rows are written by COPY, which is no statement that is seen here.
        tables = statements.written if connection.vendor == "sqlite" else binding_columns()
        after = hashes_of(*workspaces, tables=tables) if workspaces else {}
    totals["requests"] += 1
    totals["statements"] += statements.count
    changed = [table for table, value in after.items() if before[table] != value]
    return Visit(response.status_code, body, everything_in(response, body), statements, changed)


class Forms(HTMLParser):
    """The forms of a page: their method, their address, and what a browser would send as they stand."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[dict] = []
        self.area = self.select = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "form":
            self.forms.append(
                {"method": attrs.get("method", "get").lower(), "action": attrs.get("action", ""), "data": {}}
            )
        if not self.forms:
            return
        data = self.forms[-1]["data"]
        if tag in ("input", "button") and name:
            is_choice = attrs.get("type") in ("radio", "checkbox")
            if not is_choice or "checked" in attrs or name not in data:
                data[name] = attrs.get("value") or ("on" if is_choice else "")
        elif tag == "textarea" and name:
            self.area, data[name] = name, ""
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and ("selected" in attrs or not data.get(self.select)):
            data[self.select] = attrs.get("value") or ""

    def handle_data(self, text):
        if self.area:
            self.forms[-1]["data"][self.area] += text

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None


def start_ids() -> None:
    """Gives each table ids of its own, so that an id can be recognised in a response."""
    with connection.cursor() as cursor:
        for place, table in enumerate(sorted(connection.introspection.table_names())):
            start = 700_000 + 1000 * place
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, start])
            elif any(column.name == "id" for column in connection.introspection.get_table_description(cursor, table)):
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                if sequence := cursor.fetchone()[0]:
                    cursor.execute("SELECT setval(%s, %s)", [sequence, start])


def hashes_of(*workspaces: Workspace, tables: Collection[str]) -> dict[str, str]:
    """By table, a hash of all its rows of these workspaces."""
    found = {}
    for model in apps.get_models():
        if model._meta.db_table in tables:
            rows = model._base_manager.filter(workspace__in=workspaces).order_by("pk").values_list()
            found[model._meta.db_table] = sha256(repr(list(rows)).encode()).hexdigest()
    return found


def parameters_in(page: str) -> set[tuple[str, str]]:
    """The addresses that links and forms of a page lead to with a parameter, each with its name."""
    found = set()
    for href in re.findall(r'(?:href|hx-get|action)="(/w/[^"#]*\?[^"#]*)"', page):
        address, _, query = unescape(href).partition("?")
        found |= {(address, name) for name, _ in parse_qsl(query, keep_blank_values=True)}
    for form in Forms(page).forms:
        if form["method"] == "get":
            found |= {(form["action"].partition("?")[0], name) for name in form["data"]}
    return found


def posted_forms(page: str, address: str) -> list[tuple[str, dict[str, str]]]:
    """Address and data of every form that a page posts within the workspace."""
    return [
        (
            each["action"].split("#")[0] or address,
            {name: value for name, value in each["data"].items() if name != "csrfmiddlewaretoken"},
        )
        for each in Forms(page).forms
        if each["method"] == "post" and (not each["action"] or each["action"].startswith("/w/"))
    ]
