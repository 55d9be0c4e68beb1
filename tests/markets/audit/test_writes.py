"""Whatever a manager writes leaves an event in the audit log, or a row that says who and when."""

import json
from copy import deepcopy

import pytest
from django.apps import apps

from markets.models import AuditEvent, User
from tests.access_rows import ROWS, url_of
from tests.firms import firm, shared_by_a_module
from tests.markets.audit.posting import EVENTS, posted
from tests.markets.audit.states import BEFORE, LEAVE_NOTHING, PAGES_OF, WRITES

OUR_MODELS = [
    model for label in ("markets", "campaigns", "calls", "signals") for model in apps.get_app_config(label).get_models()
]


@pytest.fixture(scope="module")
def shared_firm(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours")


@pytest.fixture
def ours(db, shared_firm):
    return deepcopy(shared_firm)


def named_rows(user):
    """Where the user is named: model, key and field."""
    found = set()
    for model in OUR_MODELS:
        names = [field.attname for field in model._meta.concrete_fields if field.related_model is User]
        for row in model._default_manager.values("pk", *names) if names else []:
            found |= {(model.__name__, row["pk"], name) for name in names if row[name] == user.pk}
    return found


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_a_write_says_who_did_it(client, ours, row):
    BEFORE.get(row.name, lambda ours: None)(ours)
    client.force_login(ours.manager)
    url = url_of(row, "ours", ours.ids)
    pages = [url_of(page, "ours", ours.ids) for page in ROWS if page.name in PAGES_OF.get(row.name, ())]
    data = posted(client, row, url, ours.ids, pages)
    before, last = named_rows(ours.manager), AuditEvent.objects.latest("pk").pk

    answer = client.post(url, data)

    events = AuditEvent.objects.filter(pk__gt=last)
    assert list(events.values_list("action", flat=True)) == ([EVENTS[row.name]] if row.name in EVENTS else [])
    assert "lisbon" not in json.dumps(list(events.values("summary", "details"))).lower()
    assert answer.status_code in (200, 204, 302)
    assert bool(named_rows(ours.manager) - before) != (row.name in LEAVE_NOTHING)
