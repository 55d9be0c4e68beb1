"""Forms that two people send in the same moment."""

import threading
from contextlib import contextmanager
from functools import partial

import pytest
from django import forms
from django.core import mail
from django.db import IntegrityError, connection, connections
from django.urls import reverse
from django.utils.timezone import localtime, now

from config.ui.forms import CONFLICT, save_or_add_error
from markets.models import Contact, Market
from markets.workspaces.invitations import invite
from tests.config.admin_rows import path
from tests.factories import ContactFactory, MarketFactory, member
from tests.reading import version


@contextmanager
def another_write_before(statement, act):
    """Runs `act` in another connection, and commits it, just before the statement is executed."""
    is_done = []

    def act_in_thread():
        act()
        connections.close_all()

    def write_first(execute, sql, *given):
        if sql.startswith(statement) and not is_done:
            is_done.append(sql)
            other = threading.Thread(target=act_in_thread)
            other.start()
            other.join()
        return execute(sql, *given)

    with connection.execute_wrapper(write_first):
        yield
    assert is_done


between = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets nobody in between")


def address(workspace, name, *args):
    return reverse(name, args=[workspace.slug, *args])


@between
@pytest.mark.django_db(transaction=True)
def test_who_saves_a_person_that_somebody_else_saves_in_the_same_moment_is_told(as_manager, workspace):
    fields = {"full_name": "Ann", "email": "ann@people.example"}

    with another_write_before('INSERT INTO "markets_contact"', lambda: ContactFactory(workspace=workspace, **fields)):
        answer = as_manager.post(address(workspace, "contacts:create"), fields)

    assert answer.status_code == 200
    assert "has that email address already" in answer.content.decode()
    assert workspace.contacts.count() == 1


@between
@pytest.mark.django_db(transaction=True)
def test_an_address_that_somebody_else_got_in_the_same_moment_is_refused(as_manager, campaign):
    contact = member(campaign).contact
    fields = {"full_name": "Ann", "email": "ann@people.example", "phone": contact.phone}
    url = address(contact.workspace, "contacts:edit", contact.pk)
    posted = fields | {"version": version(as_manager.get(url))}

    with another_write_before(
        'UPDATE "markets_contact"', lambda: ContactFactory(workspace=contact.workspace, **fields)
    ):
        answer = as_manager.post(url, posted)

    assert answer.status_code == 200
    assert "has that email address already" in answer.content.decode()
    assert Contact.objects.get(pk=contact.pk).email == contact.email


@between
@pytest.mark.django_db(transaction=True)
def test_a_market_that_somebody_else_adds_in_the_same_moment_is_there_once(as_ops, workspace):
    fields = {"practice_area": "Tax", "geography": "Rome"}

    with another_write_before('INSERT INTO "markets_market"', lambda: MarketFactory(workspace=workspace, **fields)):
        answer = as_ops.post(path(Market, "add"), {"workspace": workspace.pk, **fields})

    assert answer.status_code == 200
    assert "already has a market" in answer.content.decode()
    assert workspace.markets.count() == 1


class RefusedForm(forms.Form):
    """The check finds nothing wrong, and the database refuses the row all the same."""

    def save(self):
        raise IntegrityError


def test_a_conflict_that_the_check_cannot_see_is_an_error_of_the_form(db):
    form = RefusedForm({})

    assert form.is_valid()
    assert not save_or_add_error(form)
    assert form.non_field_errors() == [CONFLICT]


def test_a_conflict_that_no_form_reports_is_answered_once_and_as_one(as_manager, workspace, monkeypatch):
    attempts = []

    def refuse(**arguments):
        attempts.append(arguments)
        raise IntegrityError

    monkeypatch.setattr("markets.views.duplicates.mark_not_duplicates", refuse)
    as_manager.raise_request_exception = False
    one, other = (ContactFactory(workspace=workspace) for _ in range(2))

    page = as_manager.post(address(workspace, "contacts:set_apart", one.pk, other.pk))

    assert page.status_code == 409
    assert "was not saved" in page.content.decode()
    assert len(attempts) == 1


@between
@pytest.mark.django_db(transaction=True)
def test_an_address_that_somebody_else_invites_in_the_same_moment_is_invited_and_mailed_once(as_manager, workspace):
    def invited():
        invite(workspace=workspace, email="ann@people.example", role="viewer", by=None)

    with another_write_before('INSERT INTO "markets_invitation"', invited):
        answer = as_manager.post(address(workspace, "team"), {"email": "ann@people.example", "role": "viewer"})

    assert answer.status_code == 200
    assert "has an open invitation" in answer.content.decode()
    assert workspace.invitations.count() == 1
    assert not mail.outbox


@between
@pytest.mark.django_db(transaction=True)
def test_a_call_is_not_recorded_with_a_new_number_that_somebody_of_that_name_got_in_the_same_moment(
    as_caller, campaign
):
    contact = campaign.members.first().contact
    posted = {"disposition": "incorrect_number", "direction": "outbound", "new_phone": "+12125559999"}
    started_at = localtime(now(), campaign.workspace.zone)
    posted |= {"started_at": f"{started_at:%Y-%m-%dT%H:%M}", "outside_hours_reason": "They asked for it"}
    namesake = partial(
        ContactFactory, workspace=campaign.workspace, full_name=contact.full_name, phone_e164="+12125559999"
    )

    with another_write_before('UPDATE "markets_contact"', namesake):
        answer = as_caller.post(address(campaign.workspace, "campaigns:call", campaign.pk, contact.pk), posted)

    assert answer.status_code == 200
    assert "Somebody of that name has that phone number" in answer.content.decode()
    assert not campaign.calls.exists()
