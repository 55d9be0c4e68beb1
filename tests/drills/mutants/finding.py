"""Finds the tenant filters and role checks of the code that can be switched off."""

import ast
import copy
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from markets.models import Role, Workspace
from tests.source_code import ROOT, STACK

QUERIES = {"filter", "exclude", "get", "Q", "get_or_create", "update_or_create"}
CREATE = {"create", "bulk_create", "add"}
GUARDS = {
    "markets/workspaces/access.py": {"is_ops", "get_access", "guarded"},
    "markets/workspaces/api_tokens.py": {"token_from_header"},
    "config/admin.py": {"has_permission", "refusal", "_is_ops", "has_add_permission", "has_change_permission"},
    "signals/sharing/links.py": {"find", "revoke", "is_password"},
    "signals/sharing/views/shared_page.py": {"shared_page", "_ask_password", "_is_unlocked"},
    "signals/sharing/market_document.py": {"_movement", "_firms", "_coverage"},
    "signals/sharing/report_document.py": {"shared_report", "_about", "_may_show"},
}
"""Functions in which every condition guards something."""
LEFT_OUT = re.compile(r"/migrations/|/management/|^signals/sample/|^config/settings|^markets/sample")


@dataclass
class Mutant:
    path: str
    line: int
    what: str
    executed: tuple[int, int]
    """The first and the last line of the statement, (0, 0) for a template."""
    change: object = field(repr=False, default=None)

    def __str__(self):
        return f"{self.path}:{self.line} {self.what}"

    @property
    def lines(self) -> set[tuple[str, int]]:
        first, last = self.executed
        return {(self.path, line) for line in range(first, last + 1)}


def always(new: ast.expr, old: ast.expr) -> ast.expr:
    """`new`; `old` stays in the code, so that functions keep their free variables."""
    return ast.copy_location(ast.IfExp(ast.Constant(True), new, old), old)


@cache
def relations() -> dict[str, str]:
    return {
        relation.get_accessor_name(): relation.related_model._meta.label
        for relation in Workspace._meta.related_objects
        if relation.get_accessor_name()
    }


def is_workspace(node: ast.expr) -> bool:
    return ast.unparse(node).split(".")[-1] == "workspace"


class Finder(ast.NodeVisitor):
    """Collects replacements of nodes: (node, new node, what is changed, the function around it)."""

    def __init__(self, path: str):
        self.path, self.found, self.parents = path, [], []

    def note(self, node, new, what):
        if not any(isinstance(each, ast.FunctionDef | ast.Lambda) for each in self.parents):
            return  # runs once, when the module is imported
        statement = next(each for each in reversed([*self.parents, node]) if isinstance(each, ast.stmt))
        whole = node if hasattr(statement, "body") and not isinstance(node, ast.stmt) else statement
        last = whole.test.end_lineno if isinstance(whole, ast.If) else whole.end_lineno
        self.found.append((node, new, what, (whole.lineno, last)))

    def visit(self, node):
        self.look_at(node)
        self.parents.append(node)
        self.generic_visit(node)
        self.parents.pop()

    def is_in_guard(self):
        functions = {each.name for each in self.parents if isinstance(each, ast.FunctionDef)}
        return bool(functions & GUARDS.get(self.path, set()))

    def look_at(self, node):
        parent = self.parents[-1] if self.parents else None
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            is_created = isinstance(parent, ast.Attribute) and parent.attr in CREATE
            if node.attr in relations() and is_workspace(node.value) and not is_created:
                everyone = f"__import__('django.apps').apps.apps.get_model('{relations()[node.attr]}')._default_manager"
                self.note(node, always(parsed(everyone), node), f"{ast.unparse(node)} is of all workspaces")
            if node.attr in ("can_manage", "can_call"):
                self.note(node, always(ast.Constant(True), node), f"{ast.unparse(node)} is true")
        if isinstance(node, ast.Call):
            self.look_at_call(node)
        if isinstance(node, ast.If) and guards_something(node, self.is_in_guard()):
            new = copy.copy(node)
            new.test = always(ast.Constant(False), node.test)
            self.note(node, new, f"“if {ast.unparse(node.test)}” does not guard")
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) and self.is_in_guard():
            for place, value in enumerate(node.values):
                new = copy.copy(node)
                new.values = [*node.values[:place], always(ast.Constant(True), value), *node.values[place + 1 :]]
                self.note(node, new, f"“{ast.unparse(value)}” is not asked for")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not isinstance(parent, ast.Expr):
            for match in re.finditer(r"(?:\w+\.)?workspace_id = (%s|%\(\w+\)s|[\w.]+)", node.value):
                condition = f"({match[1]}) IS NOT NULL" if "%" in match[1] else "1 = 1"
                text = node.value[: match.start()] + condition + node.value[match.end() :]
                self.note(node, ast.copy_location(ast.Constant(text), node), f"SQL without “{match[0]}”")

    def look_at_call(self, node):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for place, keyword in enumerate(node.keywords):
            names = keyword.arg or ""
            is_tenant = re.search(r"(^|__)workspace(_id)?(__in|__slug)?$", names)
            if name in QUERIES and names and (is_tenant or self.is_in_guard()):
                new = copy.copy(node)
                new.keywords = node.keywords[:place] + node.keywords[place + 1 :]
                self.note(node, always(new, node), f"{name}() without {names}")


def guards_something(node: ast.If, is_in_guard: bool) -> bool:
    first = node.body[0]
    if is_in_guard:
        return isinstance(first, ast.Raise | ast.Return) and not node.orelse
    return isinstance(first, ast.Raise) and any(each in ast.unparse(first) for each in ("PermissionDenied", "Http404"))


def parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def source_files() -> Iterator[Path]:
    for app in [*STACK, "config"]:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not LEFT_OUT.search(str(path.relative_to(ROOT))):
                yield path


def in_python() -> Iterator[Mutant]:
    for path in sorted(set(source_files())):
        name = str(path.relative_to(ROOT))
        finder = Finder(name)
        tree = ast.parse(path.read_text())
        finder.visit(tree)
        for node, new, what, lines in finder.found:
            yield Mutant(name, node.lineno, what, lines, (tree, node, new))


def in_decorators() -> Iterator[Mutant]:
    """Every @workspace_page that asks for more than a viewer."""

    def views(resolver):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from views(pattern)
            elif isinstance(pattern, URLPattern):
                yield pattern.callback

    for view in dict.fromkeys(views(get_resolver())):
        code = getattr(view, "__wrapped__", None) and guarded(view)
        if code and (role := cell(code, "role").cell_contents) != Role.VIEWER:
            inner = inspect.unwrap(view).__code__
            path = str(Path(inner.co_filename).relative_to(ROOT))
            last = max(line for *_, line in inner.co_lines() if line)
            what = f"{inner.co_name} is for viewers, not only for a {role}"
            yield Mutant(path, inner.co_firstlineno, what, (inner.co_firstlineno, last), view)


def guarded(view):
    """The function in which `workspace_page` checks the role."""
    while view is not None:
        if "role" in view.__code__.co_freevars and "allowed" in view.__code__.co_freevars:
            return view
        view = getattr(view, "__wrapped__", None)
    return None


def cell(function, name):
    return function.__closure__[function.__code__.co_freevars.index(name)]


ASKED_IN_TEMPLATE = re.compile(r"\b(?:\w+\.)*can_(?:manage|call)\b")


def in_templates() -> Iterator[Mutant]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = str(path.relative_to(ROOT))
        text = path.read_text()
        for tag in re.finditer(r"{%.*?%}", text):
            for match in ASKED_IN_TEMPLATE.finditer(tag[0]):
                if tag[0][match.end() : match.end() + 1] != "=" and re.match(r"{%-?\s*(?:el)?if\b", tag[0]):
                    start = tag.start() + match.start()
                    changed = text[:start] + "True" + text[tag.start() + match.end() :]
                    line = text.count("\n", 0, start) + 1
                    yield Mutant(name, line, f"“{match[0]}” is true", (0, 0), changed)


def all_mutants() -> list[Mutant]:
    return [*in_python(), *in_decorators(), *in_templates()]
