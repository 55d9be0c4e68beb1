"""What a browser sends of an edit form: as its page has it, or with the version that it would carry."""

from html.parser import HTMLParser

from markets.forms import ContactForm
from markets.models import Contact


class _FormParser(HTMLParser):
    """Collects the inputs of the form that has a version."""

    def __init__(self):
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.area = self.select = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({})
        name = attrs.get("name")
        if tag == "input" and name and self.forms:
            if attrs.get("type") not in ("radio", "checkbox") or "checked" in attrs:
                self.forms[-1][name] = attrs.get("value") or ""
        elif tag == "textarea":
            self.area, self.forms[-1][name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in attrs or self.select not in self.forms[-1]):
            self.forms[-1][self.select] = attrs.get("value") or ""

    def handle_data(self, data):
        if self.area:
            self.forms[-1][self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.forms[-1][self.area] = self.forms[-1][self.area].removeprefix("\n").replace("\n", "\r\n")
            self.area = None
        elif tag == "select":
            self.select = None


def edit_form(page) -> dict[str, str]:
    """The values that the page's edit form sends as it stands."""
    parser = _FormParser()
    parser.feed(page.content.decode())
    return next(form for form in parser.forms if "version" in form)


def version_of(contact: Contact) -> str:
    """The version that the contact's edit form carries now."""
    return ContactForm(instance=contact, workspace=contact.workspace)["version"].value()
