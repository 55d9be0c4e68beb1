"""Parts of pages that {% cache %} keeps: keyed by everything that they show."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test.signals import template_rendered

from config.ui.charts import Bar, ChartTable, bar_chart

TEMPLATES = Path(__file__).parents[3] / "templates"
CACHED = [path for path in TEMPLATES.rglob("*.html") if "{% cache " in path.read_text()]
NUMBERS = ChartTable(("Week from", "Calls"), (("12 Jan", "7"),))


def chart(value, title="Calls"):
    return bar_chart(title, [Bar("Twenty", [(value, "s2")], "12 Jan")], NUMBERS)


@pytest.fixture
def rendered_templates():
    names = []

    def note(template, **_):
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def test_a_fragment_is_rendered_again_only_when_its_inputs_change(rendered_templates):
    first, again, changed = (
        render_to_string("components/charts/chart.html", {"chart": chart(n)}) for n in (31, 31, 32)
    )

    assert rendered_templates.count("components/charts/numbers.html") == 2
    assert first == again
    assert ">31<" in first
    assert ">32<" in changed


def test_fragments_are_escaped_like_any_other_part():
    page = render_to_string("components/charts/chart.html", {"chart": chart(33, "<b>")})

    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def depends_on_more(source):
    """Whatever in a template follows from the request, the time or its zone."""
    return re.findall(r"request|\buser\b|csrf|{% now|\|(?:day|moment|date|time|naturaltime)\b", source)


@pytest.mark.parametrize("path", CACHED, ids=lambda path: path.stem)
def test_a_fragment_depends_on_its_inputs_alone(path):
    assert depends_on_more(path.read_text().partition("{% endcomment %}")[2]) == []


@pytest.mark.parametrize("source", ["{{ at|moment }}", "{% now 'Y' %}", "{{ request.path }}", "{{ cell.day|day }}"])
def test_a_dependency_on_more_is_seen(source):
    assert depends_on_more(source)
