"""Opens every page in this process and says what it asks of the database."""

import sys

from django.conf import settings
from django.db.models import Count
from django.test import Client
from django.test.utils import setup_test_environment

from markets.models import Membership, Workspace
from markets.workspaces.invitations import create_user
from tests.benchmarks.bench_all.pages import Visit, all_pages, ids_of, variants
from tests.benchmarks.bench_all.statements import Recorder, barest

ROLES = ["viewer", "caller", "manager"]


def walk(options) -> list[dict]:
    setup_test_environment(debug=False)  # keeps the context of each answer, which has the lists' filters
    workspaces = Workspace.objects.all()
    if options.workspace:
        workspace = workspaces.get(slug=options.workspace)
    else:
        workspace = workspaces.annotate(n=Count("calls")).order_by("-n")[0]
    ids = ids_of(workspace)
    found: list[dict] = []
    for role in options.role or ROLES:
        visitor = Visitor(workspace, role)
        for visit in all_pages(workspace.slug, ids, role):
            if not options.pages or visit.page in options.pages:
                has_all = role == "manager" and not options.plain
                visitor.open_all(visit, has_all)
        found += visitor.found
    return found


class Visitor:
    def __init__(self, workspace: Workspace, role: str):
        self.workspace, self.role = workspace, role
        membership = workspace.memberships.filter(role=role).select_related("user").first()
        user = membership.user if membership else self._create()
        self.client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
        self.client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        name = settings.SESSION_COOKIE_NAME
        self.cookie = f"{name}={self.client.cookies[name].value}"
        self.found: list[dict] = []
        self.recorder = Recorder()
        self.bare: dict[str, float] = {}

    def _create(self):
        user = create_user(email=f"{self.role}@bench-{self.workspace.slug}.example", password=None)
        Membership.objects.create(workspace=self.workspace, user=user, role=self.role)
        return user

    def open_all(self, visit: Visit, has_all: bool) -> None:
        context = self.open(visit)
        if context is None or not has_all:
            return
        self._open_last(visit, context)
        for each in variants(visit, context):
            if shown := self.open(each):
                self._open_last(each, shown)

    def _open_last(self, visit: Visit, context) -> None:
        page = getattr(context.get("table"), "page", None) or context.get("events") or context.get("page")
        paginator = getattr(page, "paginator", None)
        if paginator is not None and paginator.num_pages > 1:
            self.open(visit.having(page=str(paginator.num_pages)))

    def open(self, visit: Visit):
        """The context of the page, or None if it has none."""
        with self.recorder.watching():
            answer = self.client.get(visit.address, follow=True)
            if answer.streaming:
                b"".join(answer.streaming_content)
        if answer.status_code != 200:
            print(f"{answer.status_code} {visit.address}", file=sys.stderr)
            return None
        statements = self.recorder.explained()
        worst = max(statements, key=lambda each: each.milliseconds, default=None)
        table = getattr(answer, "context", None) and answer.context.get("table")
        bare = self._barest(table) if table is not None else 0
        address = answer.redirect_chain[-1][0] if answer.redirect_chain else visit.address
        self.found.append(
            {
                "page": visit.page,
                "label": visit.label,
                "role": self.role,
                "address": address,
                "cookie": self.cookie,
                "statements": len(self.recorder.run),
                "sql_ms": sum(each.milliseconds for each in statements),
                "worst_ms": worst.milliseconds if worst else 0,
                "worst_sql": worst.sql if worst else "",
                "rows": sum(each.rows for each in statements),
                "buffers": sum(each.buffers for each in statements),
                "bare_ms": bare,
                "bare_ratio": 0,
                "p50": 0,
                "p95": 0,
            }
        )
        return answer.context

    def _barest(self, table) -> float:
        model = table.Meta.model
        if "workspace" not in {field.name for field in model._meta.get_fields()}:
            return 0
        name = model._meta.db_table
        if name not in self.bare:
            self.bare[name] = barest(name, self.workspace.pk)
        return self.bare[name]
