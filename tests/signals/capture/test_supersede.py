"""A newer signal corrects an older one, which is kept and shown as superseded."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.log.validation import CallRefused
from signals.capture.services import NewSignal
from signals.capture.supersede import correct, signal_histories
from signals.models import Signal
from tests.factories import call, signal


@pytest.fixture
def person(campaign):
    return campaign.members.order_by("pk").first().contact


@pytest.fixture
def talk(campaign, person):
    """Records a conversation some days ago."""

    def record_conversation(days, **fields):
        fields.setdefault("disposition", "future_potential")
        return call(campaign, person, started_at=now() - timedelta(days=days), **fields)

    return record_conversation


@pytest.fixture
def heard(talk):
    return signal(talk(5), value="Exploring", evidence="I might listen")


def corrected_fields(signal, **fields):
    return {"value": signal.value, "evidence": signal.evidence, "confidence": signal.confidence} | fields


def url(signal):
    return reverse("signals:correct", args=["acme", signal.pk])


def page_of(client, contact):
    return client.get(reverse("contacts:detail", args=["acme", contact.pk])).content.decode()


def test_a_correction_supersedes_and_nothing_is_overwritten(as_caller, caller, person, heard):
    answer = as_caller.post(url(heard), corrected_fields(heard, value="Active", confidence="low"), follow=True)

    assert "Movement State of" in answer.content.decode()
    assert "is Active now." in answer.content.decode()
    newest, before = person.signals.order_by("-id")
    assert (newest.value, newest.confidence, newest.call, newest.captured_by) == ("Active", "low", heard.call, caller)
    assert newest.heard_at == heard.call.started_at
    assert (before.value, before.evidence) == ("Exploring", "I might listen")
    assert list(person.signals.current()) == [newest]


def test_it_is_added_to_the_newest_conversation(talk, caller, heard):
    newest = talk(2, disposition="not_interested")
    talk(1, disposition="no_answer")

    made = correct(signal=heard, replacement=NewSignal(type=heard.type, value="Not Moving"), by=caller)

    assert made.call == newest
    assert list(Signal.objects.current()) == [made]


def test_the_page_of_the_person_shows_what_is_known_and_what_was(as_caller, caller, person, heard):
    correct(signal=heard, replacement=NewSignal(type=heard.type, value="Active"), by=caller)

    page = page_of(as_caller, person)

    (known,) = signal_histories(person)
    assert (known.label, known.current.value) == ("Movement State", "Active")
    assert [each.value for each in known.former] == ["Exploring"]
    assert url(known.current) in page
    assert url(heard) not in page
    assert 'Exploring <span class="tag">superseded</span>' in page


def test_what_a_voided_call_said_is_shown_as_that(as_caller, manager, person, talk, heard):
    void(call=heard.call, by=manager, reason="Wrong person")

    page = page_of(as_caller, person)

    assert "Not known" in page
    assert 'Exploring <span class="tag">voided</span>' in page
    assert url(heard) not in page


def test_without_a_conversation_that_stands_there_is_nothing_to_correct(as_caller, manager, person, heard):
    void(call=heard.call, by=manager, reason="Wrong person")

    page = as_caller.post(url(heard), corrected_fields(heard, value="Active")).content.decode()

    assert f"No conversation with {person} stands any more" in page
    assert person.signals.count() == 1


def test_of_two_corrections_of_one_signal_the_second_hears_of_the_first(as_caller, caller, manager, person, heard):
    correct(signal=heard, replacement=NewSignal(type=heard.type, value="Active"), by=manager)

    page = as_caller.post(url(heard), corrected_fields(heard, value="Not Moving")).content.decode()

    assert "Movement State “Exploring” is not the newest any more: it is Active now." in page
    assert person.signals.count() == 2


def test_a_correction_says_something_else(as_caller, caller, heard):
    with pytest.raises(CallRefused, match="Nothing is different"):
        correct(signal=heard, replacement=NewSignal(**corrected_fields(heard), type=heard.type), by=caller)

    page = as_caller.post(url(heard), corrected_fields(heard)).content.decode()
    assert "Nothing is different from what is known already." in page


@pytest.mark.parametrize("posted", [{"value": ""}, {"value": "Stable"}, {"value": "Active", "confidence": "sure"}])
def test_what_is_no_value_of_the_type_is_refused(as_caller, person, heard, posted):
    page = as_caller.post(url(heard), posted)

    assert page.status_code == 200
    assert 'class="error" role="alert"' in page.content.decode()
    assert person.signals.count() == 1


def test_a_correction_that_contradicts_the_call_is_asked_about(as_caller, person, talk):
    made = talk(3, disposition="not_interested")
    heard = signal(made, value="Not Moving")
    signal(made, type="conversation_access", value="Closed")
    signal(made, type="relationship_permission", value="Trusted Adviser")

    page = as_caller.post(url(heard), corrected_fields(heard, value="Active")).content.decode()
    assert "Not Interested, yet a move is Active. Is that right?" in page
    assert "Trusted Adviser. Is that right?" not in page
    assert "Active" not in person.signals.values_list("value", flat=True)

    as_caller.post(url(heard), corrected_fields(heard, value="Active", confirmed="on"))
    assert person.signals.current().get(type="movement_state").value == "Active"


def test_a_viewer_sees_what_is_known_and_corrects_nothing(as_viewer, person, heard):
    page = page_of(as_viewer, person)

    assert "Exploring" in page
    assert url(heard) not in page
    assert as_viewer.get(url(heard)).status_code == 403
