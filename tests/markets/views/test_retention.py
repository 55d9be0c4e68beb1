"""Managers choose how long notes and people who were never called are kept."""

from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import now

from markets.models import AuditEvent
from tests.factories import ContactFactory, call
from tests.forms import edit_form

URL = reverse("retention", args=["acme"])


def save(client, **fields):
    shown = edit_form(client.get(URL))
    return client.post(URL, shown | fields, follow=True)


def months(workspace):
    workspace.refresh_from_db()
    return workspace.notes_kept_months, workspace.uncalled_kept_months


def test_a_shorter_time_says_what_it_removes_and_has_to_be_confirmed(as_manager, workspace, campaign):
    call(campaign, started_at=now() - timedelta(days=100), notes="Likes tea")
    ContactFactory(workspace=workspace, created_at=now() - timedelta(days=100))

    page = save(as_manager, notes_kept_months="3", uncalled_kept_months="2").content.decode()
    assert months(workspace) == (None, None)
    assert "From tonight this empties the notes of 1 calls and erases 1 people" in page

    page = save(as_manager, notes_kept_months="3", uncalled_kept_months="2", confirmed="on").content.decode()
    assert months(workspace) == (3, 2)
    assert "Retention saved. It applies from tonight." in page
    event = AuditEvent.objects.get(action="setting_changed")
    assert event.details == {"notes_kept_months": 3, "uncalled_kept_months": 2}


def test_a_longer_time_needs_no_confirmation(as_manager, workspace):
    workspace.notes_kept_months = 3
    workspace.save()

    save(as_manager, notes_kept_months="12")
    assert months(workspace) == (12, None)
    save(as_manager, notes_kept_months="")
    assert months(workspace) == (None, None)


def test_times_that_make_no_sense_are_refused(as_manager, workspace):
    for typed in ("0", "-1", "601", "soon", "99999999999999999999"):
        assert save(as_manager, notes_kept_months=typed, confirmed="on").status_code == 200
        assert months(workspace) == (None, None)


def test_the_settings_lead_there(as_manager, workspace):
    assert URL in as_manager.get(reverse("settings", args=["acme"])).content.decode()
