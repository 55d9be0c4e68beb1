"""Notes on the pages of people and campaigns, and the list of mentions."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import now

from campaigns.models import Note
from campaigns.notes.forms import NoteForm
from campaigns.notes.services import delete_note, write_note
from markets.models import Role
from markets.workspaces.access import Access, navigation_counts
from tests.factories import member
from tests.forms import edit_form
from tests.reading import metric

MENTIONS = reverse("mentions:list", args=["acme"])


@pytest.fixture
def ann(campaign):
    return member(campaign, full_name="Ann Person").contact


@pytest.fixture
def note(workspace, ann, viewer, manager):
    return write_note(workspace=workspace, text="For @Viewer <b>", by=manager, contact=ann)[0]


def page_of(note):
    return reverse("notes:detail", args=["acme", note.pk])


def edit(note):
    return reverse("notes:edit", args=["acme", note.pk])


def unread(workspace, user):
    return navigation_counts(Access(workspace, Role.VIEWER, user.memberships.get()))["mentions"]


def test_a_caller_writes_a_note_that_stands_in_the_timeline(as_caller, ann, manager):
    url = reverse("notes:contact", args=["acme", ann.pk])

    page = as_caller.post(url, {"text": "Likes golf.\nAsk @Manager and @Nobody"}, follow=True)

    assert "Note saved. Manager will be told." in page.text
    assert "“@Nobody” doesn&#x27;t name one person here." in page.text
    timeline = as_caller.get(reverse("contacts:detail", args=["acme", ann.pk]), {"kind": "notes"})
    assert metric(timeline, "rows") == 1
    assert "Likes golf." in timeline.text


def test_a_caller_writes_a_note_about_a_campaign(as_caller, campaign):
    as_caller.post(reverse("notes:campaign", args=["acme", campaign.pk]), {"text": "Slow week"})

    assert campaign.notes.get().text == "Slow week"


@pytest.mark.parametrize(
    ("text", "sentence"), [("  ", "Write something first."), ("x" * 5001, "at most 5,000 are kept")]
)
def test_a_note_that_cannot_be_kept_is_refused(as_caller, ann, text, sentence):
    page = as_caller.post(reverse("notes:contact", args=["acme", ann.pk]), {"text": text}, follow=True)

    assert sentence in page.text
    assert not Note.objects.exists()


def test_a_viewer_reads_and_writes_nothing(as_viewer, ann, note):
    assert "For @Viewer &lt;b&gt;" in as_viewer.get(page_of(note)).text
    assert "Save note" not in as_viewer.get(reverse("contacts:detail", args=["acme", ann.pk])).text
    assert as_viewer.post(reverse("notes:contact", args=["acme", ann.pk]), {"text": "x"}).status_code == 403
    assert as_viewer.post(edit(note), {"text": "x"}).status_code == 403


def test_only_the_author_and_managers_change_a_note(client, caller, manager, workspace, ann, note):
    own = write_note(workspace=workspace, text="Mine", by=caller, contact=ann)[0]
    client.force_login(caller)
    assert client.post(edit(note), {"text": "Theirs"}).status_code == 403
    assert client.post(reverse("notes:delete", args=["acme", note.pk])).status_code == 403
    form = edit_form(client.get(edit(own)))

    page = client.post(edit(own), form | {"text": "Mine, and longer"}, follow=True)
    assert "Mine, and longer" in page.text
    client.force_login(manager)
    assert "Note deleted." in client.post(reverse("notes:delete", args=["acme", own.pk]), follow=True).text

    assert client.get(page_of(own)).status_code == 404


def test_an_author_who_may_no_longer_write_changes_nothing(as_caller, caller, workspace, ann):
    own = write_note(workspace=workspace, text="Mine", by=caller, contact=ann)[0]
    assert edit(own) in as_caller.get(page_of(own)).text

    caller.memberships.update(role="viewer")

    assert edit(own) not in as_caller.get(page_of(own)).text


def test_of_two_edits_the_second_sees_both(as_manager, note):
    form = edit_form(as_manager.get(edit(note)))
    Note.objects.update(text="For @Viewer, at noon")

    page = as_manager.post(edit(note), form | {"text": "For @Viewer, today"})

    assert page.status_code == 409
    assert "at noon" in page.text
    assert "today" in page.text


def test_an_edit_of_a_note_that_was_deleted_meanwhile_finds_nothing(as_manager, note):
    form = edit_form(as_manager.get(edit(note)))
    delete_note(note=note)

    assert as_manager.post(edit(note), form | {"text": "Again"}).status_code == 404


def test_a_note_that_is_deleted_while_its_edit_is_checked_is_not_found(note, manager):
    form = NoteForm(instance=Note.objects.get(pk=note.pk))
    delete_note(note=note, by=manager)

    with transaction.atomic(), pytest.raises(Http404):
        form.lock()


def test_whoever_is_mentioned_sees_it_in_the_list_and_the_navigation(as_viewer, workspace, viewer, note):
    assert unread(workspace, viewer) == 1

    page = as_viewer.get(MENTIONS)

    assert metric(page, "rows") == 1
    assert "Ann Person" in page.text
    assert metric(as_viewer.get(MENTIONS, {"unseen": "yes"}), "rows") == 1


def test_opening_the_note_marks_it_as_read(as_viewer, workspace, viewer, note):
    as_viewer.head(page_of(note))
    assert unread(workspace, viewer) == 1

    as_viewer.get(page_of(note))

    assert unread(workspace, viewer) == 0
    assert metric(as_viewer.get(MENTIONS, {"unseen": "yes"}), "rows") == 0


def test_all_are_marked_as_read_at_once_and_only_ones_own(as_viewer, workspace, viewer, caller, ann, note):
    write_note(workspace=workspace, text="@Caller", by=None, contact=ann)

    as_viewer.post(reverse("mentions:seen", args=["acme"]))

    assert (unread(workspace, viewer), unread(workspace, caller)) == (0, 1)


def test_marking_all_as_read_is_undone_for_those_marked_by_it(as_viewer, workspace, viewer, caller, ann, note):
    write_note(workspace=workspace, text="@Viewer", by=None, contact=ann)
    earlier = workspace.mentions.filter(user=viewer).order_by("pk").first()
    workspace.mentions.filter(pk=earlier.pk).update(seen_at=now() - timedelta(days=1))
    write_note(workspace=workspace, text="@Caller", by=None, contact=ann)

    page = as_viewer.post(reverse("mentions:seen", args=["acme"]), follow=True)
    assert unread(workspace, viewer) == 0
    assert "1 mention marked as read." in page.text
    undo = unescape(re.search(r'formaction="([^"]+undo=[^"]+)"', page.text)[1])
    for bad in ("x", "2026-13-01T00:00", "2026-01-01T00:00", "%00"):
        as_viewer.post(reverse("mentions:seen", args=["acme"]) + f"?undo={bad}")
    as_viewer.post(undo)

    assert unread(workspace, viewer) == 1
    assert unread(workspace, caller) == 1
    assert workspace.mentions.get(pk=earlier.pk).seen_at


def test_mentions_of_others_are_not_listed(as_caller, note):
    assert metric(as_caller.get(MENTIONS), "rows") == 0


def test_mails_about_mentions_are_declined_and_wanted_again(as_viewer, viewer):
    url = reverse("mentions:mail", args=["acme"])

    assert "Email me about mentions" in as_viewer.post(url, {"mail": "off"}, follow=True).text
    assert not viewer.memberships.get().wants_mention_mail
    as_viewer.post(url, {"mail": "on"})
    assert viewer.memberships.get().wants_mention_mail
