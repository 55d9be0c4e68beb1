"""Folds texts and queries to what they are compared by: small letters without accents and apostrophes.

`fold` is the definition. PostgreSQL has a function that does the same (markets/migrations/0008_search.py), so that a
folded text can be stored and indexed. SQLite calls `fold` itself while it searches: a column or an index that needed a
function of the portal would make the file useless to any other program.
"""

import re
import unicodedata
from typing import Any

from django.db.models import Func, TextField

DROPPED = "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Apostrophes, and characters that nobody sees."""
MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Ranges of combining marks. Decomposing leaves an accent as one of them."""
PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ς": "σ"}
"""Letters that are not composed of a letter and a mark."""
DASHES = "\u2010\u2012\u2013\u2014\u2015\u2212"
SPELLED_OUT = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}

_dropped = dict.fromkeys(map(ord, DROPPED))
_marks = re.compile(f"[{MARKS}]")
_plain = str.maketrans(PLAIN | SPELLED_OUT | dict.fromkeys(DASHES, "-"))


def fold(text: str) -> str:
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    decomposed = unicodedata.normalize("NFKD", text.translate(_dropped))
    return _marks.sub("", decomposed.lower()).translate(_plain)


class Fold(Func):
    """The folded text, computed by the database."""

    function = "search_fold"
    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        connection.ensure_connection()
        connection.connection.create_function("search_fold", 1, fold, deterministic=True)
        return self.as_sql(compiler, connection, **context)


class StoredFold(Fold):
    """For generated columns: folded on PostgreSQL, as it is on SQLite."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return compiler.compile(self.source_expressions[0])


class Folded(Fold):
    """The folded text of a column whose expression is a `StoredFold`."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return compiler.compile(self.source_expressions[0])


class Lines(Func):
    """Texts in lines of their own. No word of a query has a line break, so none is found across two fields."""

    template = "(%(expressions)s)"
    arg_joiner = " || '\n' || "
    output_field = TextField()


class LastPart(Func):
    """What follows the last slash of an address, if it is not at the end."""

    template = "split_part(rtrim(%(expressions)s, '/'), '/', -1)"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """`rtrim` takes all signs but slashes off the end. What is left is taken out of the whole."""
        whole = "rtrim(%(expressions)s, '/')"
        template = f"replace({whole}, rtrim({whole}, replace({whole}, '/', '')), '')"
        return self.as_sql(compiler, connection, template=template, **context)


class OtherDigits(Func):
    """The digits of a phone as typed, unless its number in E.164, which is searched by itself, has them in a row."""

    arity = 2
    template = "CASE WHEN strpos(%(number)s, %(digits)s) > 0 THEN '' ELSE %(digits)s END"
    output_field = TextField()

    def __init__(self, number: str, typed: str):
        super().__init__(number, Digits(typed))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **context: Any) -> Any:
        (number, _), (digits, _) = map(compiler.compile, self.source_expressions)
        return context.get("template", self.template) % {"number": number, "digits": digits}, ()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template.replace("strpos", "instr"))


class Digits(Func):
    """A phone number without the signs between its digits."""

    template = "translate(%(expressions)s, '+-(). ', '')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "%(expressions)s"
        for sign in "+-(). ":
            template = f"replace({template}, '{sign}', '')"
        return self.as_sql(compiler, connection, template=template, **context)
