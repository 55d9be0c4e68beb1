"""Questions that do not wait for each other's answers, and the answers, made when somebody looks at them."""

import pytest
from django.db import DatabaseError, connection
from django.db.models import Count, F, Value
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from config.ui.asking import ahead, ask, asking
from markets.models import Contact, Workspace
from markets.workspaces.access import counts_of
from tests.factories import ContactFactory, MarketFactory

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one question at a time")
HELD = 20_261_127


@asking
def names_of(workspace):
    rows = yield workspace.contacts.order_by("pk")
    return [each.full_name for each in rows]


@pytest.fixture
def people(workspace):
    return [ContactFactory(workspace=workspace, full_name=name, firm="A Firm") for name in ("Ann", "Bob", "Cleo")]


def test_what_is_asked_ahead_is_found_as_the_query_itself_finds_it(workspace, people):
    contacts = workspace.contacts.order_by("pk")
    queries = [
        contacts,
        contacts.select_related("workspace")[1:],
        contacts.values("full_name", "firm"),
        contacts.values_list("firm").annotate(n=Count("pk")).order_by("firm"),
        contacts.extra(select={"one": "1"}, order_by=["one", "-id"]).values_list("full_name"),
        contacts.annotate(hidden=Value(1)).order_by(F("full_name").desc()).values_list("full_name", flat=True),
        contacts.prefetch_related("markets"),
        contacts.none(),
        contacts.filter(pk__in=[]),
        Contact.objects.exclude(workspace=workspace),
    ]
    expected = [list(query) for query in queries]

    with ahead():
        answers = [ask(query) for query in queries]
        found = [answer() for answer in answers]

    assert found == expected
    assert found[1][0].workspace == workspace


def test_answers_can_be_looked_at_in_any_order_with_other_questions_between(workspace, people):
    with ahead():
        names, firms = names_of(workspace), ask(workspace.contacts.values_list("firm", flat=True))
        assert workspace.contacts.count() == 3
        assert firms() == ["A Firm"] * 3
        assert Workspace.objects.get(pk=workspace.pk) == workspace
        assert names() == ["Ann", "Bob", "Cleo"]
        later = names_of(workspace)
    assert later() == ["Ann", "Bob", "Cleo"]


def test_a_query_that_is_put_together_once_can_be_asked_ahead(workspace, people):
    market = MarketFactory()

    with ahead():
        here, there = (ask(counts_of.rows(each, market.created_at)) for each in (workspace, market.workspace))
        assert there()[0]["markets_"] == 1
        assert here()[0]["markets_"] == 0


def test_a_statement_in_sql_gives_its_rows(workspace, people):
    @asking
    def lengths():
        rows = yield "SELECT full_name FROM markets_contact WHERE workspace_id = %s ORDER BY id", [workspace.pk]
        return [len(name) for (name,) in rows]

    with ahead():
        found = lengths()
        assert found() == [3, 3, 4]
    assert lengths()() == [3, 3, 4]


def test_what_is_asked_after_an_answer_is_asked_as_well(workspace, people):
    @asking
    def whoever_comes_after(name):
        (first,) = yield workspace.contacts.filter(full_name=name)
        (second, *_) = yield workspace.contacts.filter(pk__gt=first.pk).order_by("pk")
        return second

    with ahead():
        assert whoever_comes_after("Ann")() == people[1]


def test_an_answer_is_made_once_and_what_needs_no_question_at_once(workspace, people):
    made = []

    @asking
    def counted(query):
        rows = (yield query) if query is not None else []
        made.append(len(rows))
        return len(rows)

    with CaptureQueriesContext(connection) as queries, ahead():
        nothing, answer = counted(None), counted(workspace.contacts.all())
        doubled = answer.then(lambda found: 2 * found)
        assert made == [0]
        assert [doubled(), answer(), answer(), doubled(), nothing()] == [6, 3, 3, 6, 0]
    assert made == [0, 3]
    assert len(queries) == 1


def test_rows_can_be_walked_through_while_others_are_asked_for(workspace, people):
    contacts = workspace.contacts.order_by("pk")

    with ahead():
        names = names_of(workspace)
        assert [each.full_name for each in contacts.iterator(chunk_size=1)] == ["Ann", "Bob", "Cleo"]
        assert names() == ["Ann", "Bob", "Cleo"]
    assert list(contacts.iterator(chunk_size=1)) == people


def test_a_template_takes_an_answer_for_what_it_stands_for(workspace, people):
    page = Template("{{ names|length }}:{% for name in names %} {{ name }}{% endfor %}, first {{ names.0 }}")

    with ahead():
        assert page.render(Context({"names": names_of(workspace)})) == "3: Ann Bob Cleo, first Ann"


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_answer_does_not_wait_for_what_was_asked_after_it():
    @asking
    def answered(sql):
        return (yield sql, [HELD])

    other = connection.copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [HELD])
        with ahead():
            first, second = answered("SELECT %s"), answered("SELECT 'free' FROM pg_advisory_xact_lock(%s)")
            assert first() == [(HELD,)]  # or else it would wait for the second, which is given up then
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [HELD])
            assert second() == [("free",)]
    finally:
        other.close()
        connection.close()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_ends_the_page_with_its_words_and_the_next_one_is_asked_as_ever():
    workspace = MarketFactory().workspace

    @asking
    def refused():
        return (yield "SELECT 1 / %s", [0])

    def page():
        with ahead():
            fine, broken, after = names_of(workspace), refused(), names_of(workspace)
            return fine(), broken(), after()

    # It is said where the answer is looked at, or before, where it comes while another question is sent.
    with pytest.raises(DatabaseError, match="division by zero"):
        page()
    with ahead():
        assert names_of(workspace)() == []


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_nobody_looks_at_does_no_harm():
    workspace = MarketFactory().workspace

    def page():
        with ahead():
            for _ in range(20):
                names_of(workspace)
            raise ValueError("on the way")

    with pytest.raises(ValueError, match="on the way"):
        page()

    assert Workspace.objects.get() == workspace
