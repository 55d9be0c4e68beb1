"""Whom a text mentions by @name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.notes.mentions import find_mentions
from markets.models import User

ANN, ANNA, BOB, BOB_TOO, NAMELESS = USERS = [
    User(pk=1, first_name="Ann", last_name="Smith", email="a.smith@portal.example"),
    User(pk=2, first_name="Anna", last_name="Ng", email="anna.ng@portal.example"),
    User(pk=3, first_name="Bob", last_name="Ray", email="bob@portal.example"),
    User(pk=4, first_name="Bob", last_name="Quill", email="quill@portal.example"),
    User(pk=5, email="nameless+calls@portal.example"),
]


@pytest.mark.parametrize(
    ("text", "users", "unclear"),
    [
        ("@Ann will call", [ANN], []),
        ("Ask @ANN SMITH, then @anna.", [ANN, ANNA], []),
        ("(@a.smith) and @Ann again", [ANN], []),
        ("@Ann's list", [], ["Ann's"]),
        ("@Anne", [], ["Anne"]),
        ("@nameless+calls", [NAMELESS], []),
        ("@Bob", [], ["Bob"]),
        ("@Bob Ray and @quill", [BOB, BOB_TOO], []),
        ("@Bobby @nobody @nobody", [], ["Bobby", "nobody"]),
        ("mail ann@a.smith or x@Ann", [], []),
        ("@ Ann, @@Ann, @", [], []),
        ("", [], []),
    ],
)
def test_a_name_after_an_at_sign_names_a_user(text, users, unclear):
    found = find_mentions(text, USERS)

    assert found.users == users
    assert found.unclear == unclear


def test_the_hint_says_which_names_are_unclear():
    assert find_mentions("@Ann", USERS).hint == ""
    assert "“@Bob”, “@zoe” don't name one person here." in find_mentions("@Bob @zoe", USERS).hint


@given(st.text(alphabet="@abAnB. '+\n", max_size=60))
def test_any_text_can_be_read(text):
    found = find_mentions(text, USERS)

    assert len(found.users) == len(set(found.users)) <= text.count("@")
