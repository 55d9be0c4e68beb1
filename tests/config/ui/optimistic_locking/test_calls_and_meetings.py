"""Two people correct the same call, or decide on the same meeting: no word of either is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.meetings import change_meeting
from calls.log.services import amend
from calls.models import Correction
from tests.config.ui.optimistic_locking.edit_tabs import LONG, again, stored, tab, text_of
from tests.forms import edit_form


def test_a_correction_meets_another_ones_correction(as_caller, made, manager):
    second = tab(as_caller, made)
    amend(call=made, by=manager, reason="Misheard", notes=LONG + "\nHe retires.", talk_seconds=95)

    answer = second(notes="Note: " + LONG, disposition="voicemail", reason="It was the machine")

    assert answer.status_code == 409
    (difference,) = answer.context["form"].conflicts
    assert difference.stored.endswith("He retires.")
    assert str(manager) in difference.changed
    form = edit_form(answer)
    assert (form["disposition"], form["talk_seconds"], form["reason"]) == ("voicemail", "95", "It was the machine")
    assert again(answer, as_caller, made).status_code == 302
    assert stored(made, "disposition", "talk_seconds", "notes") == ("voicemail", 95, "Note: " + LONG)
    assert Correction.objects.count() == 2


def test_corrections_of_different_fields_are_both_kept(as_caller, made, manager):
    second = tab(as_caller, made)
    amend(call=made, by=manager, reason="Misheard", talk_seconds=95)

    assert second(disposition="voicemail", reason="It was the machine").status_code == 302

    assert stored(made, "disposition", "talk_seconds", "notes") == ("voicemail", 95, LONG)


def test_a_correction_saves_without_another_one(as_caller, made):
    assert tab(as_caller, made)(disposition="voicemail", reason="It was the machine").status_code == 302


def meeting_tab(client, meeting):
    form = edit_form(client.get(reverse("meetings:detail", args=["acme", meeting.pk])))
    return lambda **typed: client.post(reverse("meetings:change", args=["acme", meeting.pk]), form | typed)


@pytest.mark.parametrize("other", [{"to": "cancelled"}, {"to": "scheduled", "at": timedelta(minutes=-30)}])
def test_an_outcome_meets_another_outcome_or_time(as_caller, meeting, manager, other):
    second = meeting_tab(as_caller, meeting)
    other = other | {name: now() + at for name, at in other.items() if name == "at"}
    change_meeting(meeting=meeting, by=manager, reason="She is ill", **other)

    answer = second(to="no_show", reason="She wasn't there")

    assert answer.status_code == 409
    (difference,) = answer.context["form"].conflicts
    assert difference.stored.startswith("Cancelled" if other["to"] == "cancelled" else "Scheduled")
    assert (difference.typed[:7], str(manager) in difference.changed) == ("No-show", True)
    form = edit_form(answer)
    assert (form["to"], form["reason"]) == ("no_show", "She wasn't there")
    kept_at = reverse("meetings:detail", args=["acme", meeting.pk])
    assert f'href="{kept_at}">Keep stored values' in text_of(answer)
    again = as_caller.post(reverse("meetings:change", args=["acme", meeting.pk]), form)
    assert again.status_code == 302
    assert stored(meeting, "status") == ("no_show",)


def test_an_outcome_is_saved_without_another_one(as_caller, meeting):
    assert meeting_tab(as_caller, meeting)(to="no_show").status_code == 302


def test_a_reason_for_a_meeting_whose_call_was_corrected_meanwhile_is_not_lost(as_caller, meeting, manager):
    second = meeting_tab(as_caller, meeting)
    amend(call=meeting.call, by=manager, reason="Slip", disposition="voicemail")

    answer = second(to="no_show", reason="She wasn't there")

    assert answer.status_code == 409
    assert "Your reason, which is not saved: “She wasn&#x27;t there”" in text_of(answer)
