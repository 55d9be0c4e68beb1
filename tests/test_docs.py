"""Documentation refers only to files, modules and names that exist."""

import re
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/**/*.md"))
FOLDERS = r"(?:config|markets|campaigns|calls|signals|templates|static|tests|docs|\.ci)"
MOST_TERMS = 40


def names_in(text):
    return re.findall(r"`([^`\n]+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_link_of_a_page_exists(page):
    text = page.read_text()
    paths = [name for name in names_in(text) if re.fullmatch(rf"{FOLDERS}(/[\w.-]+)*/?", name)]
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]

    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [link for link in links if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_dotted_name_of_a_page_can_be_imported(page):
    dotted = [
        name for name in names_in(page.read_text()) if re.fullmatch(rf"{FOLDERS}(\.[a-z_]\w*)+(\.[A-Z]\w*)?", name)
    ]
    for name in dotted:
        if not (ROOT / f"{name.replace('.', '/')}.py").exists() and not (ROOT / name.replace(".", "/")).is_dir():
            import_string(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_in_code_of_a_page_is_in_the_code(page):
    """Python names written as `name` or `NAME.attribute`: each word of theirs occurs in our code."""
    code = "\n".join(path.read_text() for app in STACK for path in (ROOT / app).rglob("*.py"))
    words = set(re.findall(r"\w+", code))
    names = [name for name in names_in(page.read_text()) if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*(\(\))?", name)]

    unknown = [name for name in names if not set(re.findall(r"\w+", name)) <= words | OTHER_WORDS]
    assert [name for name in unknown if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_said_to_be_in_a_file_is_there(page):
    claims = re.findall(rf"`([A-Za-z_.]+)`\s+(?:in|\()\s*`({FOLDERS}/[\w./-]+\.py)`", page.read_text())

    assert [
        (name, path) for name, path in claims if not re.search(rf"\b{name.split('.')[-1]}\b", (ROOT / path).read_text())
    ] == []


def test_every_decision_has_a_number_of_its_own():
    numbers = [int(page.name[:4]) for page in sorted(ROOT.glob("docs/decisions/*.md"))]

    assert len(numbers) == len(set(numbers)) > 20


def test_the_glossary_is_short_and_in_order():
    terms = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)

    assert 10 < len(terms) <= MOST_TERMS
    assert terms == sorted(terms, key=str.casefold)
    assert len(terms) == len(set(terms))


STACK = ("config", "markets", "campaigns", "calls", "signals")
OTHER_WORDS = set(
    "NA AM DC DNC B CALLBK "
    "collectstatic AddIndex AddIndexConcurrently AddConstraintNotValid ValidateConstraint RunSQL RunPython RELEASED "
    "UPDATE db_default ExecStart archive_timeout WEB_CONCURRENCY PORTAL_THREADS max_connections "
    "synchronous_standby_names DISABLE_SERVER_SIDE_CURSORS userlist txt default_pool_size portal_pages search_path "
    "dbshell "
    "LANGUAGES LOCALE_PATHS LocaleMiddleware gettext gettext_lazy ngettext post_save partialdef".split()
)
"""Words of Django and of dialers, which our code need not contain."""
