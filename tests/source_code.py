"""Reads the modules of the application and their imports."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACK = ["config", "markets", "campaigns", "calls", "signals"]
ENTRY_NAMES = {"views", "urls", "forms", "filters", "tables", "columns", "admin", "management", "migrations", "api"}
CONFIG_DOMAIN = ("config.ui", "config.db", "config.monitoring", "config.identity_providers")


def sources() -> dict[str, str]:
    """The source of each module by name: "calls.metrics.definitions", "markets.views" for a package."""
    files = [file for app in STACK for file in sorted((ROOT / app).rglob("*.py"))]
    return {module_name(file.relative_to(ROOT)): file.read_text() for file in files}


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def path_of(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


def is_entry(module: str) -> bool:
    """True for views, forms, commands and the like, which domain code may not import."""
    app, *parts = module.split(".")
    if app == "config":
        return module != app and not any(is_within(module, package) for package in CONFIG_DOMAIN)
    return any(part in ENTRY_NAMES or part.endswith("_views") or part.startswith("admin_") for part in parts)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


class ImportReader(ast.NodeVisitor):
    """Collects (line, module) of each import of our modules, also inside functions, except those for types only."""

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
        """Loading a module or model by its name is an import too."""
        called = ast.unparse(node.func).rpartition(".")[2]
        first = node.args[0] if node.args else None
        if called in {"get_model", "import_module", "import_string"} and isinstance(first, ast.Constant):
            self.add(node, str(first.value))
        self.generic_visit(node)

    def add(self, node: ast.AST, module: str) -> None:
        if module.split(".")[0] in STACK:
            self.found.append((node.lineno, module))


tree_of = cache(ast.parse)


def imports_of(module: str, source: str, modules: set[str]) -> list[tuple[int, str]]:
    reader = ImportReader(module, modules)
    reader.visit(tree_of(source))
    return reader.found
