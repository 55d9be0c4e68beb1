"""Reads the code and the templates and fails where they leave the plan of the house. Each reader can turn red."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
STACK = ["config", "markets", "campaigns", "calls", "signals"]
ENTRY_NAMES = {"views", "urls", "forms", "filters", "tables", "columns", "admin", "management", "migrations"}
CONFIG_DOMAIN = ("config.ui", "config.db")
TOP_LEVEL = set(
    "manage.py pyproject.toml uv.lock .python-version README.md CONTRIBUTING.md CHANGELOG.md LICENSE .ci docs "
    ".gitignore .pre-commit-config.yaml "
    "config markets campaigns calls signals templates static tests".split()
)
LONGEST_VIEW = 40

REACHED_WITHOUT_WORKSPACE = {
    ("markets/views/home.py", "Workspace"): "the user's own workspaces, or all of them for ops staff",
    ("markets/views/invitations.py", "Invitation"): "whoever has the token, which is the key, is in no workspace yet",
    ("markets/views/invitations.py", "User"): "whether the invited address has an account, told only with the token",
    ("campaigns/forms.py", "User"): "filtered by memberships__workspace",
    ("calls/filters.py", "User"): "filtered by memberships__workspace",
}
INCLUDES_WITH_EVERYTHING = {
    "components/table_block.html": "gets the context of table_page, and request for its query strings",
    "bulk": "the form of one page, which needs that page's context",
    "unfold/helpers/messages/error.html": "unfold's own",
    "unfold/helpers/field.html": "unfold's own",
}


def sources() -> dict[str, str]:
    """Every module of ours by its name: "calls.metrics.definitions", "markets.views" for a package."""
    files = [file for app in STACK for file in sorted((ROOT / app).rglob("*.py"))]
    return {module_name(file.relative_to(ROOT)): file.read_text() for file in files}


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def path_of(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


def is_entry(module: str) -> bool:
    """What the outside calls: nothing of the domain may need it."""
    app, *parts = module.split(".")
    if app == "config":
        return module != app and not any(is_within(module, package) for package in CONFIG_DOMAIN)
    return any(part in ENTRY_NAMES or part.endswith("_views") or part.startswith("admin_") for part in parts)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


class ImportReader(ast.NodeVisitor):
    """Collects (line, module) of every import of ours, wherever it stands, but not those for types only."""

    def __init__(self, module: str, modules: set[str]):
        is_package = any(other.startswith(f"{module}.") for other in modules)
        self.package = module.split(".") if is_package else module.split(".")[:-1]
        self.modules = modules
        self.found: list[tuple[int, str]] = []

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                self.visit(other)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.add(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        start = ".".join(self.package[: len(self.package) - node.level + 1]) if node.level else ""
        base = ".".join(filter(None, [start, node.module or ""]))
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            self.add(node, inner if inner in self.modules else base)

    def visit_Call(self, node: ast.Call) -> None:
        """An app asked for by its name is an import too."""
        called = ast.unparse(node.func).rpartition(".")[2]
        first = node.args[0] if node.args else None
        if called in {"get_model", "import_module", "import_string"} and isinstance(first, ast.Constant):
            self.add(node, str(first.value))
        self.generic_visit(node)

    def add(self, node: ast.AST, module: str) -> None:
        if module.split(".")[0] in STACK:
            self.found.append((node.lineno, module))


tree_of = cache(ast.parse)
"""Read once, however many tests look at all of the code."""


def imports_of(module: str, source: str, modules: set[str]) -> list[tuple[int, str]]:
    reader = ImportReader(module, modules)
    reader.visit(tree_of(source))
    return reader.found


def arrows_up(sources: dict[str, str]) -> list[str]:
    """Imports that domain code, or the furniture in config/ui, may not make."""
    found = []
    for module, source in sources.items():
        if is_entry(module):
            continue
        level = STACK.index(module.split(".")[0])
        for line, target in imports_of(module, source, set(sources)):
            if STACK.index(target.split(".")[0]) > level:
                found.append(f"{path_of(module)}:{line} imports {target}, which is above it")
            elif is_entry(target):
                found.append(f"{path_of(module)}:{line} imports {target}, which is an entry point")
    return found


def test_domain_code_imports_only_downwards_and_no_entry_point():
    assert arrows_up(sources()) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("markets.workspaces.access", "from calls.models import Call"),
        ("markets.workspaces.access", "import signals"),
        ("campaigns.lifecycle", "def f():\n    from calls import metrics"),
        ("campaigns.lifecycle", "if calling:\n    from calls import metrics"),
        ("markets.workspaces.access", "from markets.filters import search_contacts"),
        ("signals.capture.services", "from markets import filters"),
        ("markets.workspaces.invitations", "from .views import home"),
        ("markets.workspaces.invitations", "from .. import views"),
        ("calls.models", "from ..views import call_list"),
        ("config.ui.periods", "from markets.models import Market"),
        ("config.ui.periods", "from config.admin import OpsAdmin"),
        ("campaigns.models.campaigns", "apps.get_model('calls', 'Call')"),
    ],
)
def test_an_arrow_that_runs_up_is_seen(module, source):
    assert len(arrows_up({**sources(), module: source})) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("calls.metrics.definitions", "from markets.models import Market\nfrom config.ui.periods import Period"),
        ("markets.models.landscape", "if TYPE_CHECKING:\n    from calls.models import Call"),
        (
            "markets.views.home",
            "from signals.market_page.page import dashboard_of\nfrom campaigns.tables import campaign_rows",
        ),
        ("config.urls", "from markets.urls import markets_urls"),
        ("markets.workspaces.access", "import django.contrib.admin\nfrom allauth.mfa import utils"),
    ],
)
def test_an_arrow_that_runs_down_is_none_to_speak_of(module, source):
    assert arrows_up({**sources(), module: source}) == []


def reached_without_workspace(path: str, source: str, models: set[str]) -> list[str]:
    """Rows of a model taken from nowhere: `Model.objects...`, or the model itself given to a shortcut."""
    tree = tree_of(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found = []
    for node in ast.walk(tree):
        model = ""
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            first = parents[node]
            is_none = isinstance(first, ast.Attribute) and first.attr == "none"
            model = "" if is_none else ast.unparse(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"get_object_or_404", "get_list_or_404"}:
            model = ast.unparse(node.args[0])
        if model in models and (path, model) not in REACHED_WITHOUT_WORKSPACE:
            found.append(f"{path}:{node.lineno} reaches {model} other than from the workspace")
    return found


def pages() -> dict[str, str]:
    """The modules that answer requests of a workspace, by path."""
    kinds = {"views", "forms", "filters", "tables", "columns"}
    return {path_of(name): source for name, source in sources().items() if kinds & set(name.split("."))}


def our_models() -> set[str]:
    return {model.__name__ for model in apps.get_models() if model._meta.app_label in STACK}


def test_pages_reach_every_row_from_the_workspace():
    models = our_models()
    assert {"Call", "Signal", "Contact", "User"} <= models
    assert [each for path, source in pages().items() for each in reached_without_workspace(path, source, models)] == []


@pytest.mark.parametrize(
    "source",
    [
        "calls = Call.objects.all()",
        "calls = Call.objects.select_related('contact').filter(workspace=workspace)",
        "get_object_or_404(Call, pk=pk)",
        "Call._default_manager.get(pk=1)",
    ],
)
def test_a_row_from_nowhere_is_seen(source):
    assert len(reached_without_workspace("calls/views.py", source, {"Call"})) == 1


@pytest.mark.parametrize("source", ["workspace.calls.all()", "Call.objects.none()", "Role.objects.all()"])
def test_a_row_from_the_workspace_is_none_to_speak_of(source):
    assert reached_without_workspace("calls/views.py", source, {"Call"}) == []


def test_every_exception_for_reaching_rows_is_still_needed():
    used = {
        (path, match)
        for path, source in pages().items()
        for match in re.findall(r"\b(\w+)\.objects\.(?!none)", source)
        if (path, match) in REACHED_WITHOUT_WORKSPACE
    }
    assert used == set(REACHED_WITHOUT_WORKSPACE)


def long_views(path: str, source: str) -> list[str]:
    found = []
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.FunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_VIEW:
                found.append(f"{path}:{node.lineno} {node.name} has {lines} lines; split it by subject")
    return found


def test_no_view_is_longer_than_forty_lines():
    views = {path: source for path, source in pages().items() if "views" in path}
    assert len(views) > 5
    assert [each for path, source in views.items() for each in long_views(path, source)] == []


def test_a_long_view_is_seen():
    body = "    pass\n" * LONGEST_VIEW
    assert long_views("calls/views.py", f"def call_list(request):\n{body}") != []
    assert long_views("calls/views.py", f"def call_list(request):\n{body[:-9]}") == []


def strangers(names: list[str]) -> set[str]:
    """Files and folders of the top level that the plan does not name."""
    return {name.split("/")[0] for name in names} - TOP_LEVEL


def test_the_top_level_holds_what_the_plan_names():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode:
        pytest.skip("Not a git repository: what belongs to the project cannot be told.")
    assert strangers(listed.stdout.split("\n")[:-1]) == set()


def test_a_stranger_at_the_top_level_is_seen():
    assert strangers(["manage.py", "core/models.py", "utils.py"]) == {"core", "utils.py"}


def vendored(path: str, source: str) -> list[str]:
    """Scripts and styles that others wrote come from their packages, never as a copy."""
    is_minified = ".min." in path or any(len(line) > 500 for line in source.splitlines())
    has_licence = re.search(r"/\*!|@license|copyright", source, re.IGNORECASE)
    is_elsewhere = not re.fullmatch(r"static/[\w-]+\.(js|css|svg)", path)
    return [f"{path} is not ours, or not in its place"] if is_minified or has_licence or is_elsewhere else []


def test_static_files_are_ours():
    folders = ["static", "templates", *STACK]
    kinds = {".js", ".mjs", ".css", ".svg", ".woff2"}
    files = [file for each in folders for file in (ROOT / each).rglob("*") if file.suffix in kinds]
    files += [file for file in (ROOT / "static").rglob("*") if file.is_file() and file.suffix not in kinds]
    assert files
    text = {str(file.relative_to(ROOT)): file.read_bytes().decode(errors="replace") for file in files}
    assert [each for path, source in text.items() for each in vendored(path, source)] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("static/htmx.min.js", ""),
        ("static/chart.js", "/*! Chart.js v4 */"),
        ("static/chart.js", "x" * 501),
        ("static/vendor/chart.js", ""),
        ("calls/static/calls.js", ""),
        ("static/font.woff2", ""),
    ],
)
def test_a_vendored_file_is_seen(path, source):
    assert vendored(path, source) != []


def templates() -> dict[str, str]:
    folder = ROOT / "templates"
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*.*"))}


def includes_in(source: str) -> list[tuple[int, str, bool]]:
    """(line, what is included, whether it ends in `only`) of every include."""
    found = re.finditer(r"{%\s*include\s+(\S+)(.*?)%}", source, re.DOTALL)
    return [
        (source.count("\n", 0, each.start()) + 1, each[1].strip("\"'"), each[2].split()[-1:] == ["only"])
        for each in found
    ]


def open_includes(path: str, source: str) -> list[str]:
    return [
        f"templates/{path}:{line} includes {what} without only"
        for line, what, is_closed in includes_in(source)
        if not is_closed and what not in INCLUDES_WITH_EVERYTHING
    ]


def test_every_include_says_what_it_gives():
    assert [each for path, source in templates().items() for each in open_includes(path, source)] == []


def test_an_include_without_only_is_seen():
    assert open_includes("a.html", '{% include "components/field.html" with field=field %}') != []
    assert open_includes("a.html", '\n{% include "only.html" %}') == [
        "templates/a.html:2 includes only.html without only"
    ]
    assert open_includes("a.html", '{% include "components/field.html" with field=field only %}') == []


def says_its_inputs(source: str) -> bool:
    return bool(re.match(r"{% comment %}[^{]*Inputs?: [^{]+{% endcomment %}", source))


def test_every_shared_part_says_its_inputs():
    found = templates()
    included = {what for source in found.values() for _, what, _ in includes_in(source)} & set(found)
    shared = {path for path in found if path.startswith("components/")} | included
    assert len(shared) > 10
    assert [path for path in sorted(shared) if not says_its_inputs(found[path])] == []


def test_a_shared_part_without_its_inputs_is_seen():
    assert not says_its_inputs("<p>{{ figure }}</p>")
    assert not says_its_inputs("{% comment %}A number.{% endcomment %}")
    assert says_its_inputs("{% comment %}A number. Input: figure.{% endcomment %}")


def inline_code(path: str, source: str) -> list[str]:
    """Scripts, styles and handlers in the markup, which the browser is told to refuse."""
    refused = r"<script(?![^>]*\ssrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:"
    return [
        f"templates/{path}:{source.count(chr(10), 0, each.start()) + 1} has {each[0].strip()}"
        for each in re.finditer(refused, source, re.IGNORECASE)
    ]


def test_templates_hold_no_inline_code():
    ours = {path: source for path, source in templates().items() if not path.startswith("admin/")}
    assert [each for path, source in ours.items() for each in inline_code(path, source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_inline_code_is_seen(source):
    assert inline_code("a.html", source) != []


def test_a_script_of_its_own_file_is_not_inline():
    assert inline_code("a.html", '<script src="{% static \'portal.js\' %}" defer></script> <p class="stylish">') == []
