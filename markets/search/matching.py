"""Finds the rows in which every word of a text is found."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains, Regex

from config.db.bulk import one_of
from markets.search.sources import Related, Source, source_of
from markets.search.words import Word, beginning, is_short, read_words

if TYPE_CHECKING:
    from markets.models import Workspace

FEW_NUMBERS = 1000
"""So many phone numbers that have a word are looked up by an index. Of more, the rows are read."""


def matching[Rows: QuerySet[Any]](rows: Rows, text: str, workspace: "Workspace") -> Rows:
    """Those of `rows`, all of the workspace, in which every word of the text is found (markets.search.words).

    If no row of the workspace has all words as typed, each may have a typo. A blank text finds all rows.
    """
    if not text.strip():
        return rows
    words = read_words(text)
    if not words:
        return rows.none()
    search = Search(words, workspace)
    if search.allows_typos(rows.model):
        search = search.with_typos()
    return rows.filter(search.condition(rows.model))


def people_found(text: str, workspace: "Workspace") -> Q:
    """Q on contacts: every word is found as typed. For rules: whom they mean must not depend on who else is there."""
    words = read_words(text)
    if not words:
        return Q(pk__in=[])
    return Search(words, workspace, in_subqueries=True).condition(workspace.contacts.model)


class Search:
    """Words that are searched in a workspace.

    Related rows are looked up first: as a subquery in an alternative, they would keep PostgreSQL from using the index
    of the text. `in_subqueries` makes one condition without a statement of its own.
    """

    def __init__(
        self, words: Sequence[Word], workspace: "Workspace", *, typos: bool = False, in_subqueries: bool = False
    ):
        self.words, self.workspace, self.typos, self.in_subqueries = words, workspace, typos, in_subqueries
        self._conditions: dict[type[Model], Q] = {}

    def with_typos(self) -> "Search":
        return Search(self.words, self.workspace, typos=True)

    def allows_typos(self, model: type[Model], *, unless: int = 1) -> bool:
        """Whether words may have typos: not if so many rows of the workspace have all words as typed."""
        source = source_of(model)
        if source.text is None:
            (person,) = source.related
            return self.allows_typos(person.model, unless=unless)
        if not any(word.typos for word in self.words):
            return False
        exact = self.rows(model).filter(self.condition(model), few_expected()).values_list("pk", flat=True)
        return len(exact[:unless]) < unless

    def rows(self, model: type[Model]) -> QuerySet[Any]:
        return model._default_manager.filter(workspace=self.workspace).order_by()

    def condition(self, model: type[Model]) -> Q:
        """Q: every word is found. It is true or false, never null. Related rows are looked up once."""
        if model not in self._conditions:
            self._conditions[model] = self._every_word(model)
        return self._conditions[model]

    def _every_word(self, model: type[Model]) -> Q:
        source = source_of(model)
        if source.text is None:
            (person,) = source.related
            return Q(**{f"{person.path}__in": self._found(person, self.words)})
        text, has_text, alternatives = source.text(), source.has_text, defaultdict[Word, list[Q]](list)
        for related in source.related:
            for word, is_related in self._by_word(related):
                alternatives[word].append(is_related)
        for word, has_number in self._by_number(model, source):
            alternatives[word].append(has_number)
        own = {word: has_text & self.has_word(text, word) for word in self.words}
        return reduce(and_, (reduce(or_, alternatives[word], own[word]) for word in self.words))

    def has_word(self, text: Any, word: Word) -> Q:
        if self.typos and word.typos:
            return Q(Regex(text, word.with_typos))
        return reduce(or_, (reduce(and_, (_has_part(text, part) for part in spelling)) for spelling in word.spellings))

    def _by_number(self, model: type[Model], source: Source) -> Iterator[tuple[Word, Q]]:
        """For each word that may be a part of a phone number, Q: the row's own number has it.

        The numbers are looked up first, in an index that has them all. PostgreSQL can combine an index of whole numbers
        with that of the text, but not one that it has to read from end to end.
        """
        field = source.number
        for word in self.words if field else ():
            if not word.numbers:
                continue
            spellings = (reduce(and_, (Q(Contains(F(field), part)) for part in each)) for each in word.numbers)
            has_number = reduce(or_, spellings) & ~Q(**{field: ""})
            if not self.in_subqueries:
                numbers = self.rows(model).filter(has_number).values_list(field, flat=True)[: FEW_NUMBERS + 1]
                if len(found := set(numbers)) <= FEW_NUMBERS:
                    has_number = Q(OneOf(field, sorted(found))) & ~Q(**{field: ""})
            yield word, has_number

    def _found(self, related: Related, words: Sequence[Word]) -> QuerySet[Any]:
        """The keys of the related rows with these words."""
        search = Search(words, self.workspace, typos=self.typos, in_subqueries=self.in_subqueries)
        return self.rows(related.model).filter(search.condition(related.model)).values(related.key)

    def _by_word(self, related: Related) -> list[tuple[Word, Q]]:
        """For each word, Q: a related row has it."""
        found = [self._found(related, [word]) for word in self.words]
        if self.in_subqueries:
            return [(word, Q(**{f"{related.path}__in": rows})) for word, rows in zip(self.words, found, strict=True)]
        numbered = [rows.values_list(Value(number), related.key) for number, rows in enumerate(found)]
        keys = defaultdict[Word, list[int]](list)
        for number, key in numbered[0].union(*numbered[1:], all=True).order_by():
            keys[self.words[number]].append(key)
        return [(word, Q(OneOf(related.path, keys[word]))) for word in keys]


def few_expected() -> Q:
    """Q that is always true, and of which PostgreSQL expects that it rarely is.

    Before a LIMIT, PostgreSQL takes it that enough rows are found soon if it reads the table from the beginning, which
    takes long if there are few. Expecting few, it uses the index of the text.
    """
    return Q(RarelyTrue("workspace"))


class RarelyTrue(Func):
    """PostgreSQL has no statistics of what is computed, and guesses that one row in 200 has the value, twice."""

    template = "%(expressions)s + 0 = %(expressions)s AND %(expressions)s * 1 = %(expressions)s"
    output_field = BooleanField()


class NotIndexed(Func):
    """The same text for which PostgreSQL uses no index, since another condition finds fewer rows."""

    template = "(%(expressions)s || '')"
    output_field = TextField()


def _has_part(text: Any, part: str) -> Q:
    return Q(Regex(text, beginning(part)) if is_short(part) else Contains(text, part))


class OneOf(Func):
    """Whether a key is one of many, with a single parameter."""

    output_field = BooleanField()

    def __init__(self, key: str, keys: Sequence[int] | Sequence[str]):
        super().__init__(F(key))
        self.keys = keys

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> Any:
        sql, parameters = compiler.compile(self.source_expressions[0])
        is_one_of, keys = one_of(self.keys)
        return f"{sql} {is_one_of}", (*parameters, keys)
