"""Checks templates and static files. For each check a second test shows that it can fail."""

import re

import pytest

from tests.source_code import ROOT, STACK
from tests.test_architecture import compared_literals

LONGEST_LINE = 160
INCLUDES_WITH_EVERYTHING = {
    "campaigns/choose_table.html": "gets the context of table_page, and request for its query strings",
    "components/table_block.html": "gets the context of table_page, and request for its query strings",
    "bulk": "the form of one page, which needs that page's context",
    "unfold/helpers/messages/error.html": "unfold's own",
    "unfold/helpers/field.html": "unfold's own",
}


def vendored(path: str, source: str) -> list[str]:
    """Third-party scripts and styles must come from their packages, never as a copy."""
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
    """(line, included template, whether the tag ends in `only`) of each include."""
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
    """Scripts, styles and handlers in the markup, which the content security policy blocks."""
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


def long_lines(path: str, source: str) -> list[str]:
    lines = enumerate(source.splitlines(), start=1)
    return [f"templates/{path}:{line} has {len(text)} characters" for line, text in lines if len(text) > LONGEST_LINE]


def test_lines_of_templates_can_be_read():
    pages = {
        path: source for path, source in templates().items() if path.endswith(".html")
    }  # mails break where they say
    assert [each for path, source in pages.items() for each in long_lines(path, source)] == []


def test_a_long_line_is_seen():
    assert long_lines("a.html", "<p>" + "x" * LONGEST_LINE) == ["templates/a.html:1 has 163 characters"]


def test_templates_compare_no_status_with_its_text():
    assert [each for path, source in templates().items() for each in compared_literals(path, source)] == []


def test_a_compared_text_in_a_template_is_seen():
    assert compared_literals("a.html", '{% if campaign.status == "active" %}') != []
    assert compared_literals("a.html", "{% if campaign.is_active %}") == []
