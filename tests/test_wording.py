"""The words on screen (voice.md): phrases that were replaced do not come back, and no page names a shell command."""

import ast
import re

import pytest
from django.core.management import get_commands

from tests.source_code import ROOT, STACK

FORBIDDEN = (
    "From the next one on",
    "call that came to",
    "What it came to",
    "What the calls came to",
    "Its life",
    "settles a promise",
    "It holds",
    "Send and look",
    "Which column is which",
    "known already</dd>",
    "as a file to mend",
    "ticked, because",
    "asked of now",
    "This takes the role",
    "does not work any more",
    "Nothing that stands",
    "Came into",
    "are both so",
    "is put aside for",
    "not put aside",
    "the line has the conversations",
    "on the period before",
    "Ended campaigns keep counting",
    "known to have moved",
    "was heard of",
    "Others, and not given",
    "Nothing was heard yet",
    "How callbacks are kept",
    "if need be",
    "each with why",
    "Between columns",
    "no queue will hold",
    "Admit calls",
    "You are no member",
    "made for paper",
    "no weekly mail",
    "half-written",
    "Rules of suggestions",
    "One person, once",
    "cannot stand in",
    "Scheduled again",
    "Hover a bar",
)
COMMANDS = re.compile(r"\b(" + "|".join(name for name in get_commands() if "_" in name) + r")\b")
SERVED = "admin|management|migrations|settings|sample|drills"


def shown_in_template(source: str) -> str:
    """The texts of a template, with those of its attributes, on one line."""
    without_comments = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}|name=\"\w+\"", " ", source, flags=re.DOTALL)
    return " ".join(re.sub(r"{%.*?%}", " ", without_comments, flags=re.DOTALL).split())


def shown_in_code(source: str) -> list[str]:
    """The texts of a module that can reach a page: its strings, but docstrings."""
    tree = ast.parse(source)
    statements = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements
    ]


def texts() -> dict[str, str]:
    found = {
        str(path.relative_to(ROOT)): shown_in_template(path.read_text()) for path in (ROOT / "templates").rglob("*.*")
    }
    for folder in STACK:
        for path in (ROOT / folder).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if not re.search(rf"/({SERVED})[/.]", name):
                found[name] = "\n".join(shown_in_code(path.read_text()))
    return found


def forbidden_in(text: str) -> list[str]:
    return [phrase for phrase in FORBIDDEN if phrase.lower() in text.lower()]


def test_phrases_that_were_replaced_do_not_come_back():
    assert {name: found for name, text in texts().items() if (found := forbidden_in(text))} == {}


def test_no_page_names_a_shell_command():
    pages = {name: text for name, text in texts().items() if name.startswith("templates/")}

    assert {name: found for name, text in pages.items() if (found := COMMANDS.findall(text))} == {}


@pytest.mark.parametrize(
    "source",
    ["<p>One person,\n once</p>", '<p title="Hover a bar">', "{% if x %}Its life{% endif %}"],
)
def test_a_forbidden_phrase_is_seen(source):
    assert forbidden_in(shown_in_template(source))


def test_strings_of_code_are_seen_and_docstrings_are_not():
    source = '"""Its life."""\nLABEL = "It holds"\nmessage = f"{person} is put aside for {hours}"\n'

    assert forbidden_in("\n".join(shown_in_code(source))) == ["It holds", "is put aside for"]


def test_a_command_is_seen_on_a_page():
    assert COMMANDS.findall(shown_in_template("<p>People arrive with import_contacts.</p>")) == ["import_contacts"]
