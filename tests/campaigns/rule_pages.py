"""The editor of rules as a browser without scripts uses it: it sends the form as it stands, by one of its buttons."""

from html.parser import HTMLParser

from tests.reading import metric


class _Fields(HTMLParser):
    """Collects the fields that the form with a rule sends."""

    def __init__(self):
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.select, self.chosen, self.buttons = None, None, []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "form":
            self.fields = [] if not any(name == "rule-match" for name, _ in self.fields) else self.fields
        elif tag == "input" and name:
            if attrs.get("type") not in ("radio", "checkbox") or "checked" in attrs:
                self.fields.append((name, attrs.get("value") or ""))
        elif tag == "select":
            self.select, self.chosen = name, None
        elif tag == "option" and self.select and ("selected" in attrs or self.chosen is None):
            self.chosen = attrs.get("value") or ""
        elif tag == "button" and name:
            self.buttons.append((name, attrs.get("value")))

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            self.fields.append((self.select, self.chosen or ""))
            self.select = None


def fields_of(page) -> dict[str, list[str]]:
    parser = _Fields()
    parser.feed(page.content.decode().replace("</form>", "</form><form>"))
    fields: dict[str, list[str]] = {}
    for name, value in parser.fields:
        fields.setdefault(name, []).append(value)
    return fields


def press(client, url, page, button, **changes):
    """Sends the page's form by a button, `do` or `do:place`, after filling in `changes`; `__` stands for a hyphen."""
    filled = {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(url, fields_of(page) | filled | {"do": button})


def people_found(page) -> float | None:
    return metric(page, "people")
