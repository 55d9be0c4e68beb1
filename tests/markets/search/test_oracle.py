"""The search against a plain Python matcher over all texts, which knows nothing of SQL and regular expressions."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from markets.models import ContactPoint
from markets.search import matching, people_found, ranked
from markets.search.folding import fold
from tests.factories import ContactFactory

FIRST = ["Ingleby", "Ünal", "Siobhán", "Łukasz", "Li", "Jürgen", "Ann", "Anna", "Мария", "Johnson"]
LAST = ["Malik", "Malikson", "Malek", "O'Brien", "Müller-Groß", "Żółć", "Wei", "Annan", "Smith", "Jonson"]
FIRMS = ["Hartwell & Stone LLP", "D’Souza", "Alliance 100%", "Jun_He", ""]
CITIES = ["New York", "İstanbul", "Frankfurt am Main", ""]
NUMBERS = [
    lambda end: {"phone": f"(212) 555-{end}", "phone_e164": f"+1212555{end}"},
    lambda end: {"phone": f"020 7946 {end}", "phone_e164": f"+44207946{end}"},
    lambda end: {"phone": f"{end} ext 0{end}", "phone_e164": ""},
    lambda end: {"phone": f"+49 (0)30 {end}", "phone_e164": f"+4930{end}"},
]
"""Numbers as they are typed, by their last digits."""
PUNCTUATION = " \n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
SIGNS = st.sampled_from([*"abmlikenoöŁ'’-@.%_\\ 0125", "\x00", "(", "Malik", " "])


def texts_of(person):
    """Every text of a person in a line of its own."""
    numbers = [person.phone_e164[1:], *("".join(c for c in t if c not in "+-(). ") for t in (person.phone,))]
    part = person.profile_url.rstrip("/").rpartition("/")[2]
    fields = (person.full_name, person.first_name, person.last_name, person.firm, person.title, person.email)
    own = fold("\n".join([*fields, person.city, person.external_id, part, *numbers]))
    further = [
        fold("\n".join([each.typed, each.phone_e164, "".join(c for c in each.typed if c not in "+-(). ")]))
        for each in person.contact_points.all()
    ]
    return [own, *further]


def beginnings(text):
    """The start of what follows each place where a word begins."""
    return [text[place : place + 40] for place in range(len(text) + 1) if place == 0 or text[place - 1] in PUNCTUATION]


def one_typo(typed, text):
    """Whether a beginning of the text, of five letters or more, takes one step to become what was typed."""
    for length in (len(typed) - 1, len(typed), len(typed) + 1):
        prefix = text[:length]
        if len(prefix) == length >= 5 and is_one_step(typed, prefix):
            return True
    return False


def is_one_step(one, other):
    if len(one) == len(other):
        places = [place for place in range(len(one)) if one[place] != other[place]]
        swapped = len(places) == 2 and places[1] == places[0] + 1 and one[places[0]] == other[places[1]]
        return len(places) <= 1 or (swapped and one[places[1]] == other[places[0]])
    short, long = sorted((one, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def has_word(texts, word, typos):
    if len(word) <= 2:
        return any(each.startswith(word) for text in texts for each in beginnings(text))
    if any(word in text for text in texts):
        return True
    may = typos and word.isalpha() and len(word) >= 4
    return may and any(one_typo(word, each) for text in texts for each in beginnings(text))


def oracle(people, query):
    """The keys of those whom the query finds. `people` has their texts by key."""
    words = fold(query).split()
    exact = {key for key, texts in people.items() if all(has_word(texts, word, False) for word in words)}
    return exact or {key for key, texts in people.items() if all(has_word(texts, word, True) for word in words)}


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """50 people, with further numbers and addresses. Rolled back at the end of the module."""
    with django_db_blocker.unblock():
        from django.db import transaction

        from tests.factories import WorkspaceFactory

        outer = transaction.atomic()
        outer.__enter__()
        workspace = WorkspaceFactory(slug="crowd")
        for number in range(50):
            first, last = FIRST[number % 10], LAST[number // 5]
            person = ContactFactory(
                workspace=workspace,
                full_name=f"{first} {last}",
                first_name=first,
                firm=FIRMS[number % 5],
                city=CITIES[number % 4],
                external_id=f"SF-{number:04}",
                **NUMBERS[number % 4](f"{number * 7919 % 10_000:04}"),
                profile_url=f"https://www.linkedin.com/in/{first}-{number}/" if number % 3 else "",
            )
            if number % 7 == 0:
                ContactPoint.objects.create(
                    workspace=workspace, contact=person, kind="email", typed=f"Other{number}@Home.example"
                )
        yield workspace, {each.pk: texts_of(each) for each in workspace.contacts.all()}
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def mistyped(word):
    """Strategies of a word with up to one typo."""
    places = st.integers(0, max(len(word) - 1, 0))
    letters = st.sampled_from("aeklmnoz")
    return st.one_of(
        st.just(word),
        st.builds(lambda i: word[:i] + word[i + 1 :], places),
        st.builds(lambda i, c: word[:i] + c + word[i + 1 :], places, letters),
        st.builds(lambda i, c: word[:i] + c + word[i:], places, letters),
        st.builds(lambda i: word[:i] + word[i + 1 : i + 2] + word[i : i + 1] + word[i + 2 :], places),
    )


WORDS = st.sampled_from([*FIRST, *LAST, "Stone", "Istanbul", "frankfurt", "york", "home.example", "sf-00", "souza"])
QUERIES = st.lists(WORDS.flatmap(mistyped), min_size=1, max_size=3).map(" ".join)


def is_plain(query):
    """Whether splitting at spaces is all there is to reading it: numbers and signs have tests of their own."""
    words = fold(query).split()
    return bool(words) and all(
        any(map(str.isalpha, each)) and each[0].isalnum() and each[-1].isalnum() for each in words
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES.filter(is_plain))
def test_a_search_finds_what_the_plain_matcher_finds(crowd, db, query):
    workspace, people = crowd
    found = set(matching(workspace.contacts.all(), query, workspace).values_list("pk", flat=True))

    assert found == oracle(people, query)


def has_number(texts, digits):
    """Whether a text has the digits or, if enough are left, what follows the zeros before them."""
    without_zeros = digits.lstrip("0")
    wanted = [digits, *([without_zeros] if len(without_zeros) >= 4 else [])]
    return any(each in text for each in wanted for text in texts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 49), st.booleans(), st.integers(0, 9), st.integers(3, 12), st.sampled_from("- .("))
def test_a_search_finds_parts_of_numbers_as_the_plain_matcher_does(crowd, db, place, is_e164, start, length, gap):
    workspace, people = crowd
    number = list(people.values())[place][0].splitlines()[-2 if is_e164 else -1]
    digits = "".join(filter(str.isdigit, number[start : start + length]))
    assume(len(digits) >= 3)
    expected = {key for key, texts in people.items() if has_number(texts, digits)}
    in_cities = {key for key, texts in people.items() if any("york" in text for text in texts)}
    groups = f"{digits[:2]}{gap}{digits[2:]}"  # the first is too short to be one by itself

    assert set(matching(workspace.contacts.all(), digits, workspace).values_list("pk", flat=True)) == expected
    assert set(matching(workspace.contacts.all(), groups, workspace).values_list("pk", flat=True)) >= expected
    for query, wanted in ((digits, expected), (f"york {digits}", expected & in_cities)):
        kept = workspace.contacts.filter(people_found(query, workspace))
        assert set(kept.values_list("pk", flat=True)) == wanted, query


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(SIGNS, max_size=30).map("".join))
def test_any_text_is_safe(crowd, db, text):
    workspace, people = crowd
    count = matching(workspace.contacts.all(), text, workspace).count()

    assert count == len(people) if not text.strip() else 0 <= count <= len(people)
    assert len(ranked(workspace.contacts.all(), text, workspace)) <= 50
