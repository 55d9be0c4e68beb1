"""Turns notes that a CRM exports as HTML into plain text."""

import re
from html.parser import HTMLParser

HTML = re.compile(r"\s*<(?:p|div|span|ul|ol|li|br|b|strong|i|em|u|a|h[1-6]|table|html|body|font|blockquote)\b", re.I)
"""How a note in HTML begins. Other notes may have a “<” in them."""
BREAKING = frozenset(["p", "div", "br", "li", "tr", "ul", "ol", "table", "blockquote", *(f"h{n}" for n in range(1, 7))])
HIDDEN = frozenset(["script", "style", "head", "title"])


def is_html(text: str) -> bool:
    return HTML.match(text) is not None


def html_to_text(text: str) -> str:
    """The text without tags, one line for each paragraph or item."""
    parser = _TextParser()
    parser.feed(text)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        if tag in BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN and self._hidden > 0
        if tag in BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(" ".join(data.splitlines()) if data.strip() else " ")
