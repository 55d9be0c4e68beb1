"""One definition of folding: the database folds as Python does."""

import sqlite3
import sys
import unicodedata

import pytest
from django.db import connection
from django.db.models import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.models import Contact
from markets.search.folding import DASHES, DROPPED, MARKS, PLAIN, SPELLED_OUT, Fold, fold
from tests.factories import ContactFactory

OLD = [
    chr(code)
    for code in range(1, sys.maxunicode + 1)
    if unicodedata.ucd_3_2_0.category(chr(code)) not in ("Cn", "Cs", "Co", "Cc")
]
"""Characters that every Unicode version since 3.2 knows: newer ones depend on the versions of Python and the server."""
TEXTS = st.text(st.sampled_from(OLD) | st.sampled_from([*DROPPED, *PLAIN, *SPELLED_OUT, *DASHES, *"aÅéÖßİIiı’'Σσς"]))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("O'Brien", "obrien"),
        ("D’Souza", "dsouza"),
        ("Ünal YILDIZ", "unal yildiz"),
        ("İstanbul", "istanbul"),
        ("Łukasz Øst Đoković", "lukasz ost dokovic"),
        ("Straße GROẞ", "strasse gross"),
        ("Æther Œuvre Þór", "aether oeuvre thor"),
        ("ΣΟΦΟΣ", "σοφοσ"),
        ("Йорданов", "иорданов"),
        ("M&A — New York", "m&a - new york"),
        ("ﬁrst ①", "first 1"),
        ("Mu\u0308ller so\u00adft", "muller soft"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


def in_database(texts):
    """The texts, folded by the database in one statement."""
    expressions = {f"t{number}": Fold(Value(text)) for number, text in enumerate(texts)}
    (row,) = Contact.objects.annotate(**expressions).values_list(*expressions)
    return list(row)


@pytest.fixture
def one_row(workspace):
    return ContactFactory(workspace=workspace)


def test_the_database_folds_every_character_as_python_does(one_row):
    for start in range(0, len(OLD), 300 * 40):
        texts = ["x".join(OLD[place : place + 300]) for place in range(start, min(start + 300 * 40, len(OLD)), 300)]
        assert in_database(texts) == list(map(fold, texts))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_the_database_folds_texts_as_python_does(one_row, texts):
    assert in_database(texts) == list(map(fold, texts))


def test_marks_are_what_unicode_calls_so():
    assert {unicodedata.category(chr(code)) for code in range(0x300, 0x370)} == {"Mn"}
    assert len(MARKS) == 3 * 5


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about the file of SQLite")
def test_the_file_needs_no_function_of_the_portal(one_row):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%search_fold%'")
        assert cursor.fetchall() == []
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'markets_contact'")
        (table,) = cursor.fetchone()
        cursor.execute("SELECT name FROM pragma_table_xinfo('markets_contact') WHERE hidden = 0")  # is not generated
        columns = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"SELECT {columns} FROM markets_contact")  # noqa: S608 - of the catalogue
        row = cursor.fetchone()
    plain = sqlite3.connect(":memory:")
    plain.execute(table)
    plain.execute(f"INSERT INTO markets_contact ({columns}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    assert plain.execute("SELECT search_text LIKE 'Person%' FROM markets_contact").fetchall() == [(1,)]
    plain.execute("UPDATE markets_contact SET full_name = 'Ann Lee'")
    assert plain.execute("SELECT search_text LIKE 'Ann Lee%' FROM markets_contact").fetchall() == [(1,)]
    plain.close()
