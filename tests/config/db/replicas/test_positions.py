"""What a browser, or the token of an API client, has written up to."""

import pytest
from django.db import connection
from django.http import HttpResponse

from config.db.replicas.positions import BEGINNING, COOKIE, NOWHERE, position_of, remember_position

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no standby")


def known_later(rf, response, **headers):
    """What the next request of the same client says."""
    request = rf.get("/", headers=headers)
    request.COOKIES.update({name: morsel.value for name, morsel in response.cookies.items()})
    return position_of(request)


def has_been_reached(position):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::pg_lsn BETWEEN '0/1' AND pg_current_wal_insert_lsn()", [position])
        return cursor.fetchone()[0]


def test_a_browser_says_up_to_where_it_has_written(rf, db):
    response = HttpResponse()

    remember_position(rf.post("/"), response)

    assert has_been_reached(known_later(rf, response))
    assert not has_been_reached(NOWHERE)
    assert response.cookies[COOKIE]["httponly"]
    assert response.cookies[COOKIE]["samesite"] == "Lax"


def test_who_has_written_nothing_can_be_read_from_any_standby(rf):
    assert position_of(rf.get("/")) == BEGINNING


def test_a_forged_position_counts_for_nothing(rf, db):
    response = HttpResponse()
    remember_position(rf.post("/"), response)
    response.cookies[COOKIE] = "FFFFFFFF/FFFFFFFE:" + response.cookies[COOKIE].value.partition(":")[2]

    assert known_later(rf, response) == BEGINNING


def test_a_client_of_the_api_needs_no_cookie(rf, db):
    response, token = HttpResponse(), "Bearer one"

    remember_position(rf.post("/", headers={"Authorization": token}), response)

    assert not response.cookies
    assert known_later(rf, response, Authorization=token) != BEGINNING
    assert known_later(rf, response, Authorization="Bearer another") == BEGINNING


def test_a_refused_token_is_not_remembered(rf, db):
    response = HttpResponse(status=401)

    remember_position(rf.post("/", headers={"Authorization": "Bearer forged"}), response)

    assert known_later(rf, response, Authorization="Bearer forged") == BEGINNING
