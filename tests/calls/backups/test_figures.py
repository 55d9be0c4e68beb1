import pytest
from django.db import connection

from calls.backups.figures import applied_migrations, differences, figures, known_migrations, unknown_migrations
from tests.factories import call


def test_figures_are_the_rows_of_every_table_and_the_five_numbers_of_every_workspace(campaign):
    call(campaign, disposition="no_answer")
    call(campaign, disposition="not_interested")

    measured = figures()

    assert measured["rows"]["calls_call"] == 2
    assert measured["rows"]["markets_contact"] == 3
    assert measured["numbers"]["acme"] == {
        "contact_count": 3,
        "calls_made": 2,
        "conversations": 1,
        "connection_rate": 0.5,
        "meetings_booked": 0,
        "signals_captured": 0,
    }


def test_a_difference_is_a_sentence():
    assert differences("rows", {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == [
        "b: 2 rows in the backup, 3 here.",
        "c: no rows in the backup, 4 here.",
    ]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests do without migrations there")
@pytest.mark.django_db
def test_a_migration_of_a_newer_version_is_known_to_be_one():
    assert set(applied_migrations()) <= known_migrations()
    assert unknown_migrations(["calls.0001_initial", "calls.9999_later", "other_app.0001_initial"]) == [
        "calls.9999_later"
    ]
