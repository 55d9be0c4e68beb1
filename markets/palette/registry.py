"""Where the palette and the search page look, and what they offer. Each app registers its own sources, pages and
actions when it is ready (its `apps.py`), so that those of the apps above are known here without being imported."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from markets.models import Role, Workspace
from markets.search import ranked
from markets.search.folding import fold
from markets.search.ranking import Candidates, candidates
from markets.search.words import Word, read_words
from markets.workspaces.access import Access


def _words(text: str) -> list[str]:
    return fold(text).replace("-", " ").split()


@dataclass(frozen=True)
class Search:
    """What somebody looks for in a workspace. No text: nothing yet, so only what needs none is offered."""

    access: Access
    text: str
    most: int
    """How many hits of a group are shown."""

    @property
    def workspace(self) -> Workspace:
        return self.access.workspace

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return read_words(self.text)

    @cached_property
    def people(self) -> Candidates:
        """The people that the text may mean. Several sources look at them. What a page or an action is called by is no
        mistyped name."""
        if not self.words:
            return Candidates({}, {}, has_all=True)
        places = [each for each in [*_pages, *_actions] if isinstance(each, Place)]
        typos = not any(self.names(place.names) for place in places)
        return candidates(self.workspace.contacts.all(), self.words, self.workspace, typos=typos)

    def rows[M: Model](self, queryset: QuerySet[M]) -> QuerySet[M]:
        """The first rows that the text finds; one more than are shown, to tell whether there are more."""
        return ranked(queryset, self.text, self.workspace)[: self.most + 1]

    def rows_after[M: Model](self, verb: str, queryset: QuerySet[M]) -> QuerySet[M]:
        """The rows for an action whose name begins with `verb`: by the other words of the text. None if it has no word
        of the verb, which saves a statement for most texts."""
        known, words = _words(verb), _words(self.text)
        about = [word for word in words if not any(each.startswith(word) for each in known)]
        if words and not any(each.startswith(word) for each in known if len(each) > 2 for word in words):
            return queryset.none()
        rows = ranked(queryset, " ".join(about), self.workspace) if about else queryset
        return rows[: self.most + 1]

    def names(self, label: str) -> bool:
        """Whether each word of the text begins a word of the label."""
        words = _words(label)
        return all(any(each.startswith(word) for each in words) for word in _words(self.text))


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Source:
    """One kind of thing that is found. `all_in` names the list that shows all of a search, if there is one."""

    heading: str | Promise
    place: int
    """Sources are shown in this order."""
    find: Callable[[Search], Iterable[Hit]]
    all_in: str = ""


@dataclass(frozen=True)
class Place:
    """A page that every workspace has, or an action that begins on one. `also` has other words to find it by."""

    label: str | Promise
    url_name: str
    role: Role = Role.VIEWER
    query: str = ""
    also: str = ""

    @property
    def names(self) -> str:
        return f"{self.label} {self.also}"

    def hit(self, workspace: Workspace) -> Hit:
        query = f"?{self.query}" if self.query else ""
        return Hit(str(self.label), reverse(self.url_name, args=[workspace.slug]) + query)


type Actions = Callable[[Search], Iterable[Hit]]

_sources: list[Source] = []
_pages: list[Place] = []
_actions: list[Place | Actions] = []


def register_sources(*sources: Source) -> None:
    _sources.extend(sources)


def register_pages(*pages: Place) -> None:
    _pages.extend(pages)


def register_actions(*actions: Place | Actions) -> None:
    """An action is the page that it begins on, or a function that finds such pages. A function offers only what the
    user's role may do."""
    _actions.extend(actions)


def sources() -> list[Source]:
    return sorted([*_sources, *OWN_SOURCES], key=lambda source: source.place)


def find_actions(search: Search) -> Iterator[Hit]:
    for each in _actions:
        yield from _places(search, [each]) if isinstance(each, Place) else each(search)


def find_pages(search: Search) -> Iterator[Hit]:
    yield from _places(search, _pages)


def _places(search: Search, places: Iterable[Place]) -> Iterator[Hit]:
    for place in places:
        if search.access.role.allows(place.role) and search.names(place.names):
            yield place.hit(search.workspace)


OWN_SOURCES = [Source(gettext_lazy("Actions"), 50, find_actions), Source(gettext_lazy("Pages"), 60, find_pages)]
