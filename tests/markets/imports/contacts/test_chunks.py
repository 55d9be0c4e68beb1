"""An import of contacts gives the same result however its rows are divided into chunks."""

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.imports.counts import ImportCounts, rolled_back
from markets.models import Contact, ImportedContact
from markets.suppressions.services import suppress
from tests.factories import CampaignFactory, ContactFactory
from tests.importing import new_job, run_import
from tests.markets.imports.contacts.contact_rows import counts, import_rows


class Poisoned:
    """Takes every row but one, which the database refuses whatever stands beside it."""

    chunk = 10
    tables = ()

    def __init__(self):
        self.sizes = []

    def prepare(self, rows):
        return list(rows)

    def write(self, rows):
        self.sizes.append(len(rows))
        if any(cells == ["poison"] for _, cells in rows):
            raise IntegrityError
        result = ImportCounts()
        result.count("created", len(rows))
        return result


def test_a_chunk_that_the_database_refuses_is_tried_again_and_then_halved_down_to_the_row(workspace):
    writer = Poisoned()

    total = run_import(new_job(workspace), [(2, ["a"]), (3, ["poison"]), (4, ["b"])], writer)

    assert writer.sizes == [3, 3, 1, 2, 2, 1, 1, 1]
    assert counts(total) == (2, 0, 0, 1)
    assert [(each.line, each.code) for each in total.rejections] == [(3, "not_written")]


def test_a_chunk_takes_a_handful_of_statements(market, django_assert_max_num_queries):
    rows = [{"external_id": f"A{n}", "email": f"p{n}@people.example", "phone": f"212 555 {n:04}"} for n in range(5000)]

    # Among them those of the event in the audit log; SQLite gets the rows of each table in five parts.
    with django_assert_max_num_queries(52):
        import_rows(market, *rows, campaign=CampaignFactory(market=market))


row = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["", "", "A", "B"]),
        "full_name": st.sampled_from(["", "Ann", "ann", "Bob"]),
        "email": st.sampled_from(["", "", "a@x.example", "b@x.example"]),
        "phone": st.sampled_from(["", "", "212 555 0100", "+1 212-555-0100", "212 555 0101", "12"]),
        "firm": st.sampled_from(["", "Smith", "SMITH", "Wood"]),
        "city": st.sampled_from(["", "Rome", "Boston"]),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, max_size=8))
def test_any_rows_add_up_and_the_same_again_changes_nothing(market, rows):
    with rolled_back(really=True):
        first = import_rows(market, *rows)
        stored = list(Contact.objects.order_by("pk").values())
        second = import_rows(market, *rows)

        assert first.rows == second.rows == len(rows) == sum(counts(first)) == sum(counts(second))
        assert (second.created, second.updated) == (0, 0)
        assert list(Contact.objects.order_by("pk").values()) == stored


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_a_row_that_was_refused_keeps_its_say_when_a_later_one_adds_the_key_that_it_names(market, chunk):
    rows = [
        {"email": "b@x.example", "phone": "212 555 0100"},
        {"external_id": "B", "email": "a@x.example", "phone": "212 555 0100"},
        {"external_id": "B", "phone": "212 555 0100"},
        {"external_id": "B", "full_name": "Ann"},
    ]

    first = import_rows(market, *rows, chunk=chunk)
    again = import_rows(market, *rows, chunk=chunk)

    assert (counts(first), counts(again)) == ((1, 1, 0, 2), (0, 0, 2, 2))
    assert [each.line for each in first.rejections] == [each.line for each in again.rejections] == [3, 5]
    assert "by the number, without a name; this one names them “Ann”. Name them in both." in again.rejections[1].message


def test_who_is_not_to_be_called_is_counted_once_however_many_chunks_name_them(market):
    ann = ContactFactory(workspace=market.workspace, external_id="A")
    suppress(contact=ann, by=None, reason="Asked")
    rows = [{"external_id": "A"}, {"external_id": "B"}, {"external_id": "A", "city": "Rome"}]

    assert [import_rows(market, *rows, chunk=chunk).do_not_call for chunk in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_the_line_that_first_names_somebody_is_kept_though_its_row_was_refused(market, chunk):
    for name in "AB":
        ContactFactory(workspace=market.workspace, external_id=name, email=f"{name}@people.example".lower())
    rows = [{"external_id": "A", "email": "b@people.example"}, {"external_id": "C"}, {"external_id": "A"}]

    import_rows(market, *rows, chunk=chunk)

    lines = ImportedContact.objects.values_list("contact__external_id", "line", "outcome")
    assert sorted(lines) == [("A", 2, "="), ("B", 2, "n"), ("C", 3, "c")]
