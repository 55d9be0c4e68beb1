"""Templates show no text that is not marked for translation."""

import re

import pytest

from tests.source_code import ROOT

NAMES = frozenset({"Client Portal", "CSV", "XLSX", "JSON", "UTC", "Ctrl", "Esc", "Enter", "Python", "Django"})
BLOCK = re.compile(
    r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}|{%\s*blocktranslate\b.*?endblocktranslate\s*%}"
    r"|{%\s*block\s+\w+_class\s*%}.*?{%\s*endblock\b|<!--.*?-->|<(script|style)\b.*?</\1>",
    re.DOTALL,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
FALLBACK = re.compile(
    r"""\|(?:default|default_if_none|yesno|pluralize):("[^"]*[^\W\d_]{2}[^"]*"|'[^']*[^\W\d_]{2}[^']*')"""
)
ATTRIBUTE = re.compile(r"""\s(?:title|aria-label|placeholder|alt|data-label)=("[^"]*"|'[^']*')""")
ELEMENT = re.compile(r"""</?[a-zA-Z!][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
WORD = re.compile(r"[^\W\d_]{2,}")


def unmarked(source: str, *, is_html: bool) -> list[str]:
    """The texts outside of translate tags: in the page, in attributes that are read aloud, and after `|default:`."""
    source = BLOCK.sub("\0", source)
    found = [match[1] for tag in TAG.findall(source) for match in FALLBACK.finditer(tag)]
    source = TAG.sub("\0", source)
    source = re.sub(r"</?\0[^<>\0]*(?:\0[^<>\0]*)*>", "\0", source)  # an element whose name is a variable
    texts = [source]
    if is_html:
        texts = [match[1] for element in ELEMENT.findall(source) for match in ATTRIBUTE.finditer(element)]
        texts += ELEMENT.sub("\1", source).split("\1")
    return found + [text for text in (_rest(text) for text in texts) if text]


def _rest(text: str) -> str:
    text = re.sub(r"&\w+;|[?&]\w+=", " ", text)
    for name in NAMES:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
    text = re.sub(r"\s+", " ", text.replace("\0", " ")).strip(" \"'")
    return text if WORD.search(text) else ""


def templates() -> dict[str, str]:
    folder = ROOT / "templates"
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*.*"))}


def test_every_text_of_a_template_is_marked():
    found = {path: unmarked(source, is_html=path.endswith(".html")) for path, source in templates().items()}

    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Saved.</p>",
        '<p>{% translate "Saved." %} Go on</p>',
        '<a title="Open the list">{{ name }}</a>',
        '{{ name|default:"Nobody" }}',
        '{{ count }} {{ count|pluralize:"call,calls" }}',
        '<button>{% if more %}More{% else %}{% translate "Less" %}{% endif %}</button>',
    ],
)
def test_a_text_that_is_not_marked_is_seen(source):
    assert unmarked(source, is_html=True) != []


@pytest.mark.parametrize(
    "source",
    [
        '<p class="soft small">{% translate "Saved." %} · {{ name }}</p>',
        '<a title="{% translate "Open" %}">{{ name|default:_("Nobody") }}</a>',
        "{% blocktranslate count n=n %}one{% plural %}many{% endblocktranslate %}&nbsp;<kbd>Ctrl</kbd>",
        "{# Inputs: none #}{% if a == \"open\" %}{{ b }}{% endif %}<script>var text = 'Saved';</script>",
    ],
)
def test_what_is_marked_or_shown_to_nobody_is_none(source):
    assert unmarked(source, is_html=True) == []
