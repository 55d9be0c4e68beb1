"""What is done with a server that is no standby, or not there. tests/drills/test_replica.py tries one that is."""

import pytest
from django.conf import settings
from django.db import connection, connections
from django.http import HttpResponse

from config.db.replicas import STANDBY, middleware
from config.db.replicas.middleware import ReadFromStandby, may_be_read_there
from config.db.replicas.positions import BEGINNING
from config.db.replicas.routing import alias_for_reading
from config.db.replicas.standby import Standby, State

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no standby")


@pytest.fixture
def server(transactional_db, monkeypatch):
    """Connects to the primary itself, unless a test changes the port."""
    connections[STANDBY] = server = connection.copy()  # under another name, tests forbid it
    monkeypatch.setitem(settings.DATABASES, STANDBY, server.settings_dict)
    yield server
    server.close()
    del connections[STANDBY]


@on_postgresql
def test_a_primary_is_never_read_from_even_if_it_becomes_a_standby_later(server):
    standby = Standby()

    assert standby.look(BEGINNING) == State.PROMOTED
    server.close()
    server.settings_dict["PORT"] = "1"
    assert standby.look(BEGINNING) == State.PROMOTED
    assert standby.description()["status"] == "promoted"


@on_postgresql
def test_a_lost_standby_is_left_alone_for_a_while_and_then_tried_by_one_request(server):
    port, server.settings_dict["PORT"] = server.settings_dict["PORT"], "1"
    standby = Standby()

    assert standby.look(BEGINNING) == State.LOST
    server.settings_dict["PORT"] = port
    assert standby.look(BEGINNING) == State.LOST, "it was asked during its rest"
    standby.rests_until = 0.0
    assert standby.look(BEGINNING) == State.PROMOTED, "it was not asked again"


@on_postgresql
@pytest.mark.parametrize("port", ["", "1"], ids=["no standby", "lost"])
def test_the_primary_answers_in_its_place(rf, server, monkeypatch, port):
    server.settings_dict["PORT"] = port or server.settings_dict["PORT"]
    monkeypatch.setattr(middleware, "standby", Standby())
    answered_by = []

    def answer(request):
        answered_by.append(alias_for_reading())
        return HttpResponse()

    assert ReadFromStandby(answer)(rf.get("/w/acme/contacts/")).status_code == 200
    assert answered_by == ["default"]


@pytest.mark.parametrize(
    ("method", "path", "is_read_there"),
    [
        ("GET", "/w/acme/contacts/", True),
        ("HEAD", "/w/acme/contacts/", True),
        ("POST", "/w/acme/contacts/new/", False),
        ("GET", "/w/acme/", False),
        ("GET", "/invitations/token/", False),
        ("GET", "/accounts/login/", False),
        ("GET", "/admin/", False),
        ("GET", "/nowhere/", False),
    ],
)
def test_only_pages_of_workspaces_that_write_nothing_are_read_there(rf, method, path, is_read_there):
    assert may_be_read_there(rf.generic(method, path)) == is_read_there
