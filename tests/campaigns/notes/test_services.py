"""Notes on people and campaigns: who is told, and what becomes of them."""

import pytest
from django.core.exceptions import ValidationError

from campaigns.lifecycle.transitions import delete_draft
from campaigns.models import Mention, Note
from campaigns.notes.services import delete_note, edit_note, mentions_of, write_note
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import CampaignFactory, ContactFactory, MembershipFactory


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, full_name="Ann Person", email="ann@people.example")


def write(workspace, text, **fields):
    note, _ = write_note(workspace=workspace, text=text, **{"by": None} | fields)
    return note


def told(note):
    return [str(mention.user) for mention in note.mentions.order_by("user")]


def test_whoever_is_mentioned_is_told_once_and_the_author_is_not(workspace, ann, caller, manager):
    note = write(workspace, "@Caller and @Manager and @caller", contact=ann, by=manager)

    assert told(note) == ["Caller"]
    assert mentions_of(workspace, caller).get().note == note


def test_users_of_other_workspaces_and_inactive_ones_are_nobody_here(workspace, ann, caller, outsider):
    caller.is_active = False
    caller.save()
    outsider.first_name = "Otto"
    outsider.save()

    _, mentions = write_note(workspace=workspace, text="@Otto @Caller", by=None, contact=ann)

    assert mentions.unclear == ["Otto", "Caller"]
    assert not Mention.objects.exists()


def test_an_edit_tells_whom_it_adds_and_forgets_whom_it_removes(workspace, ann, caller, viewer):
    note = write(workspace, "@Caller", contact=ann)
    mentions_of(workspace, caller).update(mailed_at=note.written_at)

    edit_note(note=note, text="@Caller @Viewer")
    assert told(note) == ["Viewer", "Caller"] or told(note) == ["Caller", "Viewer"]
    assert mentions_of(workspace, caller).get().mailed_at  # and is not told again
    edit_note(note=note, text="@Viewer")

    assert told(note) == ["Viewer"]
    assert note.edited_at


def test_a_deleted_note_is_empty_and_tells_nobody(workspace, ann, caller):
    note = write(workspace, "@Caller", contact=ann)

    delete_note(note=note)

    note = Note.objects.get()
    assert note.text == ""
    assert note.deleted_at
    assert not mentions_of(workspace, caller).exists()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5001])
def test_an_empty_or_endless_note_is_refused(workspace, ann, text):
    with pytest.raises(ValidationError):
        write(workspace, text, contact=ann)


def test_a_merge_moves_notes(workspace, ann):
    other = ContactFactory(workspace=workspace, full_name="Ann P")
    write(workspace, "Met at the fair", contact=ann)

    merge(keep=other, merged=ann, by=None)

    assert other.notes.get().text == "Met at the fair"


def test_erasing_a_person_removes_them_from_all_notes_and_tasks(workspace, ann, campaign):
    write(workspace, "She has two children", contact=ann)
    write(workspace, "Ask ANN  person about Bea.", campaign=campaign)
    write(workspace, "Her mail is ann@people.example", campaign=campaign)
    write(workspace, "Nothing about her", campaign=campaign)
    workspace.tasks.create(title="Prepare the meeting with Ann Person", campaign=campaign)
    workspace.tasks.create(title="Find her number", contact=ann)

    erase(contact=ann, by=None, reason="Request 17")

    erased, name = "Erased with the person", f"Erased person {ann.pk}"
    texts = list(workspace.notes.order_by("pk").values_list("text", flat=True))
    assert texts == [erased, f"Ask {name} about Bea.", erased, "Nothing about her"]
    titles = list(workspace.tasks.order_by("pk").values_list("title", flat=True))
    assert titles == [f"Prepare the meeting with {name}", erased]


def test_a_draft_with_notes_and_tasks_can_be_deleted(workspace, market, caller):
    MembershipFactory(workspace=workspace, user__first_name="Zoe")
    draft = CampaignFactory(market=market)
    write(workspace, "@Zoe", campaign=draft)
    workspace.tasks.create(title="Choose people", campaign=draft)

    delete_draft(campaign=draft)

    assert not workspace.notes.exists()
    assert not workspace.tasks.exists()
