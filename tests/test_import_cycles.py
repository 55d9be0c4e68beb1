"""No circle of imports between our modules: they can be imported in any order, and read from the lowest up."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("config", "markets", "campaigns", "calls", "signals")


def sources() -> dict[str, str]:
    """The source of each module by its dotted name. A package has the name of its folder."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
    return {module_name(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths}


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imported_names(module: str, source: str) -> Iterator[str]:
    """Dotted names that the module imports when it is loaded: not those in functions, nor those for type checkers."""
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} has a relative import, which this test does not follow"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending.extend(node.orelse)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(node))


def imports_of(modules: Mapping[str, str]) -> dict[str, set[str]]:
    """The modules that each module imports, with the packages around them: importing `a.b` runs `a` first."""
    graph: dict[str, set[str]] = {}
    for module, source in modules.items():
        graph[module] = set()
        for name in imported_names(module, source):
            loaded = [part for part in with_packages(name) if part in modules]
            named, around = set(loaded[-1:]), set(loaded[:-1]) - set(with_packages(module))
            graph[module] |= (named | around) - {module}
    return graph


def with_packages(name: str) -> list[str]:
    """`a`, `a.b` and `a.b.c` for `a.b.c`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules of one circle in the order of their imports, or an empty list. Depth-first search."""
    finished: set[str] = set()

    def visit(module: str, path: list[str]) -> list[str]:
        if module in path:
            return path[path.index(module) :]
        if module not in finished:
            for imported in sorted(graph[module]):
                if found := visit(imported, [*path, module]):
                    return found
            finished.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


def test_no_modules_import_each_other_in_a_circle():
    assert cycle(imports_of(sources())) == []


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ({"a": "import b", "b": "import c", "c": ""}, []),
        ({"a": "import b", "b": "from a import x"}, ["a", "b"]),
        ({"a": "import b", "b": "import c", "c": "import a"}, ["a", "b", "c"]),
        ({"p": "from p.a import x", "p.a": "from p.b import y", "p.b": ""}, []),
        ({"p": "from p.a import x", "p.a": "from p import y"}, ["p", "p.a"]),
        ({"a": "import p.b", "p": "import a", "p.b": ""}, ["a", "p"]),
        ({"a": "if x:\n    import b", "b": "class C:\n    import a"}, ["a", "b"]),
        ({"a": "if TYPE_CHECKING:\n    import b", "b": "import a"}, []),
        ({"a": "def f():\n    import b", "b": "import a"}, []),
    ],
)
def test_a_circle_is_found(modules, expected):
    assert cycle(imports_of(modules)) == expected
