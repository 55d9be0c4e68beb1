"""Forms that two people send in the same moment."""

import threading
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections
from django.urls import reverse

from config.ui.forms import looking_again
from markets.models import Contact, Market
from tests.config.admin_rows import path
from tests.factories import ContactFactory, MarketFactory, member


@contextmanager
def somebody_comes_before(statement, act):
    """Just before the statement is executed, `act` is done and committed by somebody else."""
    is_done = []

    def elsewhere():
        act()
        connections.close_all()

    def getting_ahead(execute, sql, *given):
        if sql.startswith(statement) and not is_done:
            is_done.append(sql)
            other = threading.Thread(target=elsewhere)
            other.start()
            other.join()
        return execute(sql, *given)

    with connection.execute_wrapper(getting_ahead):
        yield
    assert is_done


between = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets nobody in between")


def address(workspace, name, *args):
    return reverse(name, args=[workspace.slug, *args])


@between
@pytest.mark.django_db(transaction=True)
def test_who_saves_a_person_that_somebody_else_saves_in_the_same_moment_is_told(as_manager, workspace):
    fields = {"full_name": "Ann", "email": "ann@people.example"}

    with somebody_comes_before('INSERT INTO "markets_contact"', lambda: ContactFactory(workspace=workspace, **fields)):
        answer = as_manager.post(address(workspace, "contacts:create"), fields)

    assert answer.status_code == 200
    assert "has that email address already" in answer.content.decode()
    assert workspace.contacts.count() == 1


@between
@pytest.mark.django_db(transaction=True)
def test_an_address_that_somebody_else_got_in_the_same_moment_is_refused(as_manager, campaign):
    contact = member(campaign).contact
    fields = {"full_name": "Ann", "email": "ann@people.example", "phone": contact.phone}

    with somebody_comes_before(
        'UPDATE "markets_contact"', lambda: ContactFactory(workspace=contact.workspace, **fields)
    ):
        answer = as_manager.post(address(contact.workspace, "contacts:edit", contact.pk), fields)

    assert answer.status_code == 200
    assert "has that email address already" in answer.content.decode()
    assert Contact.objects.get(pk=contact.pk).email == contact.email


@between
@pytest.mark.django_db(transaction=True)
def test_a_market_that_somebody_else_adds_in_the_same_moment_is_there_once(as_ops, workspace):
    fields = {"practice_area": "Tax", "geography": "Rome"}

    with somebody_comes_before('INSERT INTO "markets_market"', lambda: MarketFactory(workspace=workspace, **fields)):
        answer = as_ops.post(path(Market, "add"), {"workspace": workspace.pk, **fields})

    assert answer.status_code == 200
    assert "already has a market" in answer.content.decode()
    assert workspace.markets.count() == 1


@pytest.mark.parametrize(
    ("method", "files", "looks"),
    [("post", {}, 2), ("get", {}, 1), ("post", {"file": SimpleUploadedFile("people.csv", b"email")}, 1)],
    ids=["form", "page", "file"],
)
def test_what_a_second_look_does_not_mend_stays_a_fault(rf, method, files, looks):
    seen = []

    @looking_again
    def page(request):
        seen.append(request)
        raise IntegrityError

    with pytest.raises(IntegrityError):
        page(getattr(rf, method)("/", files))
    assert len(seen) == looks
