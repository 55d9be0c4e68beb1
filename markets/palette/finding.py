from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext

from config.ui.formats import number
from markets.contacts.normalization import clean_text
from markets.palette.registry import OWN_SOURCES, Hit, Search, sources
from markets.workspaces.access import Access

LONGEST_TEXT = 200
"""What is typed beyond it is not searched for."""
MOST_OFFERED = 40
"""How many actions and pages are shown before anything is typed."""


@dataclass(frozen=True)
class Group:
    """The hits of one source, the best first."""

    heading: str
    hits: list[Hit]
    has_more: bool
    all_url: str
    """The list with all of them; empty if there is none."""


@dataclass(frozen=True)
class Found:
    text: str
    groups: list[Group]

    @property
    def summary(self) -> str:
        """How much was found; empty before anything is typed."""
        if not self.text:
            return ""
        count = sum(len(group.hits) for group in self.groups)
        sentence = ngettext("%(n)s result", "%(n)s results", count)
        if any(group.has_more for group in self.groups):
            sentence = ngettext("More than %(n)s result", "More than %(n)s results", count)
        return sentence % {"n": number(count)}


def find(access: Access, text: str, *, most: int) -> Found:
    """What the text finds in the workspace, by kind. Without a text, or for one letter: the actions and pages of the
    user's role."""
    search = Search(access, clean_text(text[:5_000])[:LONGEST_TEXT].strip(), most)
    is_telling = len(search.text) > 1 or not search.text.isascii()
    asked = sources() if is_telling else OWN_SOURCES
    groups = []
    for source in asked:
        shown = most if search.text else MOST_OFFERED
        hits = list(islice(source.find(search), shown + 1))
        if hits:
            slug, query = access.workspace.slug, urlencode({"q": search.text})
            all_url = f"{reverse(source.all_in, args=[slug])}?{query}" if source.all_in else ""
            groups.append(Group(str(source.heading), hits[:shown], len(hits) > shown, all_url))
    return Found(search.text, groups)
