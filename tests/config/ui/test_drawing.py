"""Parts of pages that are drawn once for what they are drawn of, and those that are drawn last."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test.signals import template_rendered

from calls.metrics.presentation import Figure
from config.ui.drawing import component

TEMPLATES = Path(__file__).parents[3] / "templates"


def figure(value, title="Outbound calls"):
    return Figure("calls_made", "Calls made", value, False, title, "/w/acme/calls/?counted=yes&from=2026-01-01")


@pytest.fixture
def drawn():
    """The names of the templates that were rendered."""
    names = []

    def note(template, **_):
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def test_a_component_is_its_template_with_its_inputs_and_nothing_else():
    page = Template('{% component "metric" figure=figure fraction=True %}')

    shown = page.render(Context({"figure": figure(71_204, "<b>"), "fraction": False}))

    assert shown == render_to_string("components/metric.html", {"figure": figure(71_204, "<b>"), "fraction": True})
    assert 'title="&lt;b&gt;"' in shown
    assert ">71,204<" in shown


def test_what_was_drawn_before_is_not_drawn_again_and_what_changed_is(drawn):
    first = component("metric", figure=figure(71_301))
    again = component("metric", figure=figure(71_301))
    changed = component("metric", figure=figure(71_302))

    assert drawn == ["components/metric.html"] * 2
    assert first == again
    assert ">71,302<" in changed


def test_who_works_on_a_template_sees_it_change(drawn, settings):
    settings.DEBUG = True

    for _ in range(2):
        component("metric", figure=figure(71_401))

    assert drawn == ["components/metric.html"] * 2


def names_of_components():
    code = [*TEMPLATES.rglob("*.html"), *(TEMPLATES.parent / "calls").rglob("*.py")]
    found = {name for path in code for name in re.findall(r'component(?: |\()"([\w/]+)"', path.read_text())}
    parts = re.findall(r'^    part = "(\w+)"', (TEMPLATES.parent / "calls/columns.py").read_text(), re.MULTILINE)
    return sorted(found | set(parts))


def depends_on_more(source):
    """Whatever in a template follows from the request, the time or its zone."""
    return re.findall(r"request|\buser\b|csrf|{% now|\|(?:day|moment|date|time|naturaltime)\b", source)


@pytest.mark.parametrize("name", names_of_components())
def test_a_part_that_is_kept_follows_from_its_inputs_alone(name):
    source = (TEMPLATES / f"components/{name}.html").read_text()

    assert depends_on_more(source.partition("{% endcomment %}")[2]) == []


@pytest.mark.parametrize("source", ["{{ at|moment }}", "{% now 'Y' %}", "{{ request.path }}", "{{ cell.day|day }}"])
def test_what_follows_from_more_is_seen(source):
    assert depends_on_more(source)


def test_all_parts_that_are_kept_are_looked_at():
    parts = {"metric", "coverage", *(f"charts/{name}" for name in ("chart", "numbers", "row", "spark", "stack"))}

    assert parts == set(names_of_components())


def test_what_waits_for_an_answer_is_drawn_last_and_stands_first():
    asked = []

    def answer(name):
        return lambda: asked.append(name) or name

    page = Template("<p>{% last %}{{ people }}, {% meanwhile %}{{ weeks }}{% endlast %}</p>")

    assert page.render(Context({"people": answer("a < b"), "weeks": answer("c")})) == "<p>a &lt; b, c</p>"
    assert asked == ["c", "a < b"]


@pytest.mark.parametrize("source", ["{% last %}a{% endlast %}", "{% last %}a{% meanwhile %}b"])
def test_a_part_that_is_drawn_last_says_what_is_drawn_meanwhile(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)
