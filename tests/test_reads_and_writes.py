"""Which pages write when somebody only looks at them: each says so, because a page that does not may be read from a
standby, which takes no writes."""

import re
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import resolve, reverse

from tests import factories
from tests.access_rows import ROLES, ROWS, url_of
from tests.firms import firm
from tests.isolation.walk import undone

LOGS = {"markets_auditevent", "django_session", "usersessions_usersession"}
"""Only added to. They go to the primary from any page, and are only read there."""
TABLE = re.compile(r'\b(?:INTO|UPDATE|DELETE FROM|FROM)\s+"?(\w+)')


@contextmanager
def refused_writes():
    """Makes the database read only, and yields the tables that somebody tries to write, also if the page hides that."""
    is_sqlite, tables = connection.vendor == "sqlite", set()

    def note(execute, sql, params, many, context):
        try:
            return execute(sql, params, many, context)
        except DatabaseError:
            tables.update(TABLE.findall(sql)[:1])
            raise

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1" if is_sqlite else "SET TRANSACTION READ ONLY")
        try:
            with connection.execute_wrapper(note):
                yield tables
        finally:
            if is_sqlite:
                transaction.set_rollback(False)  # a failed statement must not keep the database read only
                cursor.execute("PRAGMA query_only = 0")


@pytest.fixture
def office(db):
    return firm("Lisbon", "ours")


def addresses(office, role):
    """All pages of a workspace that the role may see, and those outside."""
    rows = [row for row in ROWS if "GET" in row.methods.split() and ROLES.index(role) >= ROLES.index(row.role)]
    outside = [reverse("home"), reverse("security_txt"), reverse("shared_page", args=[office.token])]
    return [url_of(row, "ours", office.ids) for row in rows] + outside


def writes_on_get(url):
    return not getattr(resolve(url).func, "reads_from_standby", False)


def walk(client, office, urls):
    """Each page and each of its exports, with the tables that it would write, and its status."""
    client.raise_request_exception = False
    for url in urls:
        for query in ("", "?_export=csv", "?_export=xlsx"):
            with undone(), refused_writes() as tables:
                response = client.get(url + query)
                body = response.getvalue()
            yield url, tables - LOGS, response.status_code
            if b"_export=csv" not in body:
                break


@pytest.mark.parametrize("role", ROLES[2:])
def test_a_page_that_writes_when_it_is_read_says_so(client, office, role):
    member = factories.MembershipFactory(workspace=office.workspace, role=role)
    client.force_login(member.user)

    visited = list(walk(client, office, addresses(office, role)))

    unmarked = [each for each in visited if not writes_on_get(each[0])]
    assert [(url, tables) for url, tables, _ in unmarked if tables] == []
    assert [(url, status) for url, _, status in unmarked if status >= 400 and status != 403] == []


def test_the_walk_sees_each_page_that_writes_even_if_it_hides_that(client, office):
    client.force_login(office.manager)
    urls = [url for url in addresses(office, "manager") if writes_on_get(url)]

    visited = list(walk(client, office, urls))

    found = {resolve(url).view_name: status for url, tables, status in visited if tables}
    found.pop("campaigns:next", None)  # at night it has nobody to lease
    assert found.keys() == {"dashboard", "notes:detail", "campaigns:call", "shared_page"}
    assert found["dashboard"] == 200
    assert found["campaigns:call"] >= 500
