"""Mutants that change nothing, each with its reason."""

import ast
import re
from functools import cache

from tests.source_code import ROOT

NOT_AMONG_THE_ROWS = "No row of the walk is in the state in which the page shows this."
REASONS = {
    ("templates/imports/presets.html", 6): "The page is for managers alone.",
    ("templates/calls/nobody.html", 40): NOT_AMONG_THE_ROWS,
    ("templates/contacts/detail.html", 13): NOT_AMONG_THE_ROWS,
    ("templates/imports/detail.html", 9): NOT_AMONG_THE_ROWS,
    ("templates/imports/options.html", 5): NOT_AMONG_THE_ROWS,
    ("templates/markets/dashboard.html", 36): NOT_AMONG_THE_ROWS,
    ("templates/reports/detail.html", 16): NOT_AMONG_THE_ROWS,
    ("templates/campaigns/panels/living.html", 13): "The link leads to a page for viewers.",
}
"""By path and line."""


def reason_of(mutant) -> str:
    """Why no test can notice the mutant; empty if one has to."""
    return REASONS.get((mutant.path, mutant.line), "") or bound_otherwise(mutant) or words_alone(mutant)


def bound_otherwise(mutant) -> str:
    """A filter by workspace beside another key that composite foreign keys confine to the workspace: campaign, contact,
    job and the like. The walk checks each statement for such a key, so that the filter serves the index alone. An id
    that comes from a request is no such key: there the filter must be noticed."""
    is_filter = mutant.what.endswith((" is of all workspaces", "() without workspace", "() without workspace_id"))
    if not is_filter or mutant.executed == (0, 0):
        return ""
    source = statement_at(mutant.path, mutant.line)
    if re.search(r"\bpk\b|pk__in|\bids?\b|get_object_or_404|in_bulk|request\.", source):
        return ""
    if re.search(KEYS, source):
        return "bound by another key of the workspace"
    return ""


def words_alone(mutant) -> str:
    """A condition of a template around words and fields: nothing that leads anywhere."""
    if mutant.executed != (0, 0):
        return ""
    lines = (ROOT / mutant.path).read_text().splitlines(keepends=True)
    text = "".join(lines[mutant.line - 1 :])
    text = text[text.index(mutant.what.split("“")[1].split("”")[0]) :]
    depth = 0
    for tag in re.finditer(r"{%-?\s*(if|elif|else|endif)\b", text):
        depth += tag[1] == "if"
        if depth == 0:
            shown = text[: tag.start()]
            return "" if re.search(r"<a\b|<form\b|<button\b|formaction|hx-|include", shown) else "shows words alone"
        depth -= tag[1] == "endif"
    return ""


KEYS = r"\b(\w+__)*(campaign|contact|job|market|call|meeting|report|proposal|tag|note|import_job|audience)(__in)?="


@cache
def statements(path):
    tree = ast.parse((ROOT / path).read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")]


def statement_at(path, line):
    around = [node for node in statements(path) if node.lineno <= line <= node.end_lineno]
    return ast.unparse(min(around, key=lambda node: node.end_lineno - node.lineno)) if around else ""
