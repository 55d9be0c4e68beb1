"""A form that is accepted does the same, whoever else is there: with the same people, words, rules and names."""

import re
from collections import Counter
from copy import deepcopy

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from markets.models import User, Workspace
from tests.extra_fields import RANDOM
from tests.firms import firm, shared_by_a_module
from tests.isolation.conftest import add_what_roles_see, visitors_of
from tests.isolation.twins import make_alike
from tests.isolation.walk import start_ids, undone
from tests.markets.audit.states import WRITES
from tests.role_table import noting_writes, requests_to

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="On PostgreSQL ids go on after a rollback"),
]
MODELS = [model for model in apps.get_models() if any(field.name == "workspace" for field in model._meta.fields)]


@pytest.fixture(scope="module")
def ours_and_alone(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker), time_machine.travel(now(), tick=False):
        start_ids()
        ours = firm("Lisbon", "ours")
        add_what_roles_see(ours, visitors_of(ours))
        alone = {row.name: written_by(ours, row) for row in WRITES}
        make_alike(firm("Lisbon", "twin"), ours)
        yield ours, alone


def written_by(ours, row):
    """The answers to the forms of an address, and the rows of ours in the tables that they write to."""
    client = Client()
    client.force_login(ours.manager)
    known = {str(pk) for model in [*MODELS, User, Workspace] for pk in model._base_manager.values_list("pk", flat=True)}
    found = Counter()
    for request in requests_to(row, ours, client):
        if request.data is not None:
            with undone(), noting_writes() as written:
                found[request.send(client).status_code] += 1
                for model in MODELS:
                    found.update(lines_of(model, ours) if model._meta.db_table in written else [])
    # New rows have other ids, and new users other names, each time.
    return Counter(re.sub(r"\b7\d{5}\b", lambda pk: pk[0] if pk[0] in known else "new", str(each)) for each in found)


def lines_of(model, ours):
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in RANDOM]
    for row in model._base_manager.filter(workspace=ours.workspace).values(*names):
        yield f"{model.__name__} {re.sub('(?i)user[0-9]+', 'user', repr(row))}"


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_an_accepted_form_does_the_same_whoever_else_is_there(db, ours_and_alone, row):
    ours, alone = deepcopy(ours_and_alone)

    assert written_by(ours, row) == alone[row.name]
    assert alone[row.name]
