"""Opens every page in this process and says what it asks of the database."""

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from zlib import crc32

from django.conf import settings
from django.db.models import Count
from django.test import Client
from django.test.utils import setup_test_environment

from markets.models import Membership, Workspace
from markets.workspaces.invitations import create_user
from tests.benchmarks.bench_all.addresses import ROLES, Visit, all_pages, ids_of
from tests.benchmarks.bench_all.offers import exports, further_pages, read, row_count, variants
from tests.benchmarks.bench_all.rows import complete, tokens_of
from tests.benchmarks.bench_all.statements import Recorder, barest

CHUNKS = 2
"""Of an export so many pieces are read: the first one is what people wait for."""


def walk(options) -> Iterator[dict]:
    setup_test_environment(debug=False)  # keeps the context of each answer, which has the lists' tables
    workspaces = Workspace.objects.all()
    if options.workspace:
        workspace = workspaces.get(slug=options.workspace)
    else:
        workspace = workspaces.annotate(n=Count("calls")).order_by("-n")[0]
    manager = workspace.memberships.filter(role="manager").select_related("user").order_by("pk")[0].user
    complete(workspace, manager)
    ids = ids_of(workspace) | tokens_of(workspace, manager)
    print(
        f"{workspace.slug}: {workspace.contacts.count():,} people, {workspace.calls.count():,} calls", file=sys.stderr
    )
    recorder = Recorder()
    for role in options.role or ROLES:
        visitor = Visitor(workspace, role, recorder)
        for visit in all_pages(workspace.slug, ids, role):
            if not options.pages or visit.page in options.pages:
                has_all = role == "manager" and not options.plain
                yield from visitor.open_all(visit, options.share if has_all else 0, has_xlsx=options.xlsx)


class Visitor:
    def __init__(self, workspace: Workspace, role: str, recorder: Recorder):
        self.workspace, self.role, self.recorder = workspace, role, recorder
        membership = workspace.memberships.filter(role=role).select_related("user").order_by("pk").first()
        user = membership.user if membership else self._create()
        self.client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
        self.client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        name = settings.SESSION_COOKIE_NAME
        self.cookie = f"{name}={self.client.cookies[name].value}"
        self.bare: dict[str, float] = {}
        self.html, self.pages = "", 0

    def _create(self):
        user = create_user(email=f"{self.role}@bench-{self.workspace.slug}.example", password=None)
        Membership.objects.create(workspace=self.workspace, user=user, role=self.role)
        return user

    def open_all(self, visit: Visit, share: float, *, has_xlsx: bool) -> Iterator[dict]:
        """The figures of the page, and of this share of what it offers. Its first, second and last page are always
        among them, and its exports."""
        figures = self.open(visit)
        if not figures:
            return
        yield figures
        if not share:
            return
        offers = read(visit.path, self.html)
        files = (each for each in exports(visit, offers) if has_xlsx or "xlsx" not in each.label)
        for each in (*further_pages(visit, offers, self.pages), *files):
            yield from filter(None, [self.open(each)])
        for each in variants(visit, offers):
            if not _is_in(share, each) or not (figures := self.open(each)):
                continue
            yield figures
            if not each.target:
                last = further_pages(each, read(each.path, self.html), self.pages)
                yield from filter(None, map(self.open, islice(last, 1)))

    def open(self, visit: Visit) -> dict | None:
        """The figures of a page; None if it does not open."""
        with self.recorder.watching():
            answer = self.client.get(visit.address, follow=True, headers=visit.headers)
            if answer.streaming:
                list(islice(answer.streaming_content, CHUNKS))
                answer.close()
        if answer.status_code != 200:
            print(f"{answer.status_code} {visit.address} as {self.role}", file=sys.stderr)
            return None
        is_html = not answer.streaming and answer["Content-Type"].startswith("text/html")
        self.html = answer.content.decode() if is_html else ""
        context = getattr(answer, "context", None)
        page = context and (getattr(context.get("table"), "page", None) or context.get("events") or context.get("page"))
        self.pages = getattr(getattr(page, "paginator", None), "num_pages", 0)
        statements = self.recorder.explained()
        worst = max(statements, key=lambda each: each.milliseconds, default=None)
        return {
            "page": visit.page,
            "label": visit.label,
            "role": self.role,
            "address": answer.redirect_chain[-1][0] if answer.redirect_chain else visit.address,
            "cookie": self.cookie,
            "headers": visit.headers,
            "is_export": answer.streaming,
            "statements": len(self.recorder.run),
            "sql_ms": sum(each.milliseconds for each in statements),
            "worst_ms": worst.milliseconds if worst else 0,
            "worst_sql": worst.sql if worst else "",
            "rows": sum(each.rows for each in statements),
            "buffers": sum(each.buffers for each in statements),
            "in_all": row_count(self.html),
            "shown": _shown(self.html),
            "bare_ms": self._barest(context.get("table")) if context and row_count(self.html) is not None else 0,
            "bare_ratio": 0,
            "p50": 0,
            "p95": 0,
            "first_p95": 0,
        }

    def _barest(self, table) -> float:
        model = table.Meta.model if table is not None else None
        if model is None or "workspace" not in {field.name for field in model._meta.get_fields()}:
            return 0
        name = model._meta.db_table
        if name not in self.bare:
            self.bare[name] = barest(name, self.workspace.pk)
        return self.bare[name]


def _is_in(share: float, visit: Visit) -> bool:
    """The same visits on every database and in every run."""
    return crc32(visit.label.encode()) % 1000 < share * 1000


def _shown(html: str) -> int:
    """How many rows, items, figures and marks of charts the page has."""
    found = Counter({mark: html.count(mark) for mark in ("<tr", "<li", "<dd", "<rect", "data-row=")})
    return found.total()
