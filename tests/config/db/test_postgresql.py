"""Cursors of the server, which a pooler would give to others with their connection."""

import pytest
from django.db import connection, transaction

from markets.models import Contact
from tests.factories import ContactFactory

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL has such cursors"),
    pytest.mark.django_db(transaction=True),
]


def cursors():
    """Of the server, on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, is_holdable FROM pg_cursors")
        return cursor.fetchall()


def test_rows_are_read_through_a_cursor_of_the_server_inside_a_transaction_only():
    ContactFactory.create_batch(3)

    def begun():
        rows = Contact.objects.order_by("pk").iterator(chunk_size=1)
        next(rows)
        return rows, [(name.startswith("_django_curs"), is_holdable) for name, is_holdable in cursors()]

    outside = begun()
    with transaction.atomic():
        inside = begun()

    assert outside[1] == []
    assert inside[1] == [(True, False)]
    assert len(list(outside[0])) == 2
