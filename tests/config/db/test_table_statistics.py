"""PostgreSQL soon knows how many rows were written to a table, and no two transactions wait for each other."""

import pytest
from django.db import connection

from config.db.table_statistics import GROWTH, LOCK, analyze, analyze_grown_tables
from markets.models import Contact, MarketContact
from tests.factories import ContactFactory

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no such statistics")


MODELS = [Contact, MarketContact]
MANY = 4 * GROWTH


@pytest.fixture
def known(workspace):
    """PostgreSQL knows of three contacts; seven are there."""
    ContactFactory.create_batch(3, workspace=workspace)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE markets_contact")
    ContactFactory.create_batch(4, workspace=workspace)


@pytest.fixture
def other_transaction():
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.close()


def counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'markets_contact'::regclass")
        return cursor.fetchone()[0]


def test_only_tables_of_which_postgresql_saw_next_to_nothing_are_analyzed_again(known):
    analyze_grown_tables(MANY // 2, MODELS)
    assert counted() == 3

    analyze_grown_tables(MANY, MODELS)
    assert counted() == 7


def test_rows_that_the_transaction_has_written_are_in_the_statistics(known):
    analyze(MODELS)

    assert counted() == 7


def test_grown_tables_are_left_to_another_transaction_that_analyzes(known, other_transaction):
    with other_transaction.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), 0)", [LOCK])
    analyze_grown_tables(MANY, MODELS)
    assert counted() == 3
