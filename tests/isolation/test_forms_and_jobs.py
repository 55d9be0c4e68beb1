"""A form that is accepted, and a job, does the same whoever else is there: with the same people, words and rules."""

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
from tests.isolation.jobs import JOBS
from tests.isolation.twins import make_alike
from tests.isolation.walk import Statements, binding_columns, hashes_of, start_ids, undone
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
        alone = {row.name: done_by_form(ours, row) for row in WRITES} | {job: done_by_job(ours, job) for job in JOBS}
        twin = firm("Lisbon", "twin")
        make_alike(twin, ours)
        yield ours, alone, twin, hashes_of(twin.workspace, tables=binding_columns())


ALSO_RANDOM = RANDOM | {"sha256", "lease_owner"}


def known_ids():
    models = [*MODELS, User, Workspace]
    return {str(pk) for model in models for pk in model._base_manager.values_list("pk", flat=True)}


def done_by_form(ours, row):
    client = Client()
    client.force_login(ours.manager)
    found, known = Counter(), known_ids()
    for request in requests_to(row, ours, client):
        if request.data is not None:
            found += done_by(ours, lambda request=request: request.send(client).status_code, known)
    return found


def done_by_job(ours, job):
    return done_by(ours, lambda: job(deepcopy(ours)), known_ids())


def done_by(ours, do, known):
    """What it says, and the rows of ours in the tables that it writes to."""
    with undone(), noting_writes() as written:
        found = Counter([repr(do())])
        for model in MODELS:
            found.update(lines_of(model, ours) if model._meta.db_table in written else [])
    # New rows have other ids, and new users other names, each time.
    return Counter(re.sub(r"\b7\d{5}\b", lambda pk: pk[0] if pk[0] in known else "new", str(each)) for each in found)


def lines_of(model, ours):
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in ALSO_RANDOM]
    for row in model._base_manager.filter(workspace=ours.workspace).values(*names):
        yield f"{model.__name__} {re.sub('(?i)user[0-9]+', 'user', repr(row))}"


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_an_accepted_form_does_the_same_whoever_else_is_there(db, ours_and_alone, row):
    ours, alone, *_ = ours_and_alone

    assert done_by_form(deepcopy(ours), row) == alone[row.name]
    assert alone[row.name]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_a_job_does_the_same_whoever_else_is_there(db, ours_and_alone, job):
    ours, alone, *_ = ours_and_alone

    assert done_by_job(ours, job) == alone[job]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_a_job_touches_nobody_else(db, ours_and_alone, job):
    ours, _, twin, before = ours_and_alone
    statements = Statements()

    with undone(), connection.execute_wrapper(statements):
        job(deepcopy(ours))
        assert hashes_of(twin.workspace, tables=statements.written) == {
            each: before[each] for each in statements.written
        }
    assert statements.faults == set()
