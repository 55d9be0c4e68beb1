"""How pages are drawn: a shared part that follows from its inputs alone once, one that waits for the database last.

A page shows a figure, a small line or a table of numbers again until something happens that changes it, and to draw one
takes longer than to find it again. As what is kept is found by all that it was drawn of, it can never be out of date.
"""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

KEPT = 4000
"""So many in a process, where they take some 25 MB with all that they are found by."""

register = template.Library()


@register.simple_tag
def component(name: str, **inputs: Hashable) -> SafeString:
    """`{% component "metric" figure=figure %}` is components/metric.html. It has its inputs and nothing else: not the
    request, and neither the time nor its zone may matter to it."""
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn  # who works on a template sees it change
    return draw(f"components/{name}.html", **inputs)


@lru_cache(maxsize=KEPT)
def _drawn(template_name: str, **inputs: Hashable) -> SafeString:
    return render_to_string(template_name, inputs)


@register.tag
def last(parser: Parser, token: Token) -> "Last":
    """`{% last %} what waits for an answer {% meanwhile %} what stands after it {% endlast %}`: the latter is drawn
    first, while the database is finding the answer (config/ui/asking.py)."""
    waiting = parser.parse(("meanwhile",))
    parser.delete_first_token()
    rest = parser.parse(("endlast",))
    parser.delete_first_token()
    return Last(waiting, rest)


class Last(Node):
    child_nodelists = ("waiting", "rest")

    def __init__(self, waiting: NodeList, rest: NodeList):
        self.waiting, self.rest = waiting, rest

    def render(self, context: Context) -> SafeString:
        rest = self.rest.render(context)
        return self.waiting.render(context) + rest
