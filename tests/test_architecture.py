"""Checks the code against docs/architecture.md. For each check a second test shows that it can fail."""

import ast
import re
import subprocess
from collections import Counter

import pytest
from django.apps import apps

from tests.source_code import ROOT, STACK, imports_of, is_entry, path_of, sources, tree_of

TOP_LEVEL = set(
    "manage.py pyproject.toml uv.lock .python-version README.md CONTRIBUTING.md CHANGELOG.md LICENSE .ci docs "
    ".gitignore .gitattributes .dockerignore .github .pre-commit-config.yaml deploy Dockerfile compose.yaml "
    "config markets campaigns calls signals templates static tests".split()
)

LONGEST_VIEW = 40
MOST_MODULES = 15

REACHED_WITHOUT_WORKSPACE = {
    ("markets/views/home.py", "Workspace"): "the user's own workspaces, or all of them for ops staff",
    ("markets/views/invitations.py", "Invitation"): "found by its token, before the user is in any workspace",
    (
        "markets/views/invitations.py",
        "User",
    ): "whether the invited address has an account, shown only with the token",
}


def arrows_up(sources: dict[str, str]) -> list[str]:
    """Imports of domain code that go up, or into an entry point."""
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
        ("campaigns.lifecycle.transitions", "def f():\n    from calls import metrics"),
        ("campaigns.lifecycle.transitions", "if calling:\n    from calls import metrics"),
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
    """Queries that do not start from the workspace: `Model.objects...`, or a shortcut with the model itself."""
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
    """The modules that answer requests, by path."""
    kinds = {"views", "forms", "filters", "tables", "columns", "api"}
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
    """Files and folders at the top level that docs/architecture.md does not name."""
    return {name.split("/")[0] for name in names} - TOP_LEVEL


def test_the_top_level_holds_what_the_plan_names():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode:
        pytest.skip("Not a git repository, so the files of the project are not known.")
    assert strangers(listed.stdout.split("\n")[:-1]) == set()


def test_a_stranger_at_the_top_level_is_seen():
    assert strangers(["manage.py", "core/models.py", "utils.py"]) == {"core", "utils.py"}


def crowded(paths: list[str]) -> list[str]:
    """Folders with too many modules to find one by its name."""
    counts = Counter(path.rpartition("/")[0] for path in paths if not path.endswith("/__init__.py"))
    return [
        f"{folder}/ has {count} modules; split it by subject"
        for folder, count in counts.items()
        if count > MOST_MODULES
    ]


def test_no_folder_has_too_many_modules():
    assert crowded([path_of(module) for module in sources() if "migrations" not in module.split(".")]) == []


def test_a_crowded_folder_is_seen():
    paths = [f"calls/module_{number}.py" for number in range(MOST_MODULES)]
    assert crowded([*paths, "calls/__init__.py", "calls/log/services.py"]) == []
    assert crowded([*paths, "calls/another.py"]) == ["calls/ has 16 modules; split it by subject"]


STATUS_LITERAL = re.compile(r"""\b(?:\w*status|state)\b *[!=]= *["']\w""")


def compared_literals(path: str, source: str) -> list[str]:
    """Comparisons with the text of a status instead of a property of the model, such as `campaign.is_active`."""
    return [
        f"{path}:{source.count(chr(10), 0, each.start()) + 1} compares with {each[0]}…"
        for each in STATUS_LITERAL.finditer(source)
    ]


def test_views_compare_no_status_with_its_text():
    views = {path: source for path, source in pages().items() if "views" in path}
    assert [each for path, source in views.items() for each in compared_literals(path, source)] == []


def test_a_compared_text_of_a_status_is_seen():
    assert compared_literals("calls/views.py", 'if campaign.status == "active":') != []
    assert compared_literals("calls/views.py", "if job.state != 'draft':") != []
    assert compared_literals("calls/views.py", "if campaign.status == Status.ACTIVE and campaign.is_active:") == []
