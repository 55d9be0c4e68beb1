"""Ops staff edit in the admin what somebody else edits: no word of either is lost."""

from datetime import timedelta

from django.utils.timezone import now

from calls.log.meetings import change_meeting
from campaigns.models import Campaign
from markets.models import Contact
from tests.config.admin_rows import path
from tests.config.ui.optimistic_locking.edit_tabs import stored, text_of
from tests.factories import MarketFactory
from tests.forms import edit_form


def change_form(client, row):
    form = edit_form(client.get(path(type(row), "change", row.pk)))
    return lambda **typed: client.post(path(type(row), "change", row.pk), form | typed)


def test_the_admin_compares_as_well(as_ops, contact, campaign):
    one, two = change_form(as_ops, contact), change_form(as_ops, campaign)
    Contact.objects.filter(pk=contact.pk).update(title="Partner", city="Albany")
    Campaign.objects.filter(pk=campaign.pk).update(brief="New")

    answers = one(title="Counsel"), two(brief="Mine")

    for answer, typed in zip(answers, ("Counsel", "Mine"), strict=True):
        assert answer.status_code == 409
        assert answer.context["adminform"].form.conflicts[0].typed == typed
        assert "Save mine" in text_of(answer)
    again = as_ops.post(path(Contact, "change", contact.pk), edit_form(answers[0]))
    assert again.status_code == 302
    assert stored(contact, "title", "city") == ("Counsel", "Albany")
    assert stored(campaign, "brief") == ("New",)


def test_the_admin_saves_without_the_other_change_and_says_what_it_kept(as_ops, contact, workspace):
    market = MarketFactory(workspace=workspace)
    assert change_form(as_ops, market)(seniority="Partners").status_code == 302
    second = change_form(as_ops, contact)
    Contact.objects.filter(pk=contact.pk).update(title="Partner")

    answer = second(city="Albany")

    assert stored(contact, "title", "city") == ("Partner", "Albany")
    assert "someone else changed Title (now “Partner”)" in text_of(as_ops.get(answer["Location"]))


def test_the_admin_decides_status_and_time_of_a_meeting_as_one(as_ops, meeting, caller):
    untouched, second = change_form(as_ops, meeting), change_form(as_ops, meeting)
    change_meeting(meeting=meeting, to="scheduled", at=now() - timedelta(minutes=30), by=caller)
    changes = meeting.changes.count()

    assert untouched().status_code == 302
    answer = second(status="held")

    assert answer.status_code == 409
    assert [each.label for each in answer.context["adminform"].form.conflicts] == ["Scheduled at", "Status"]
    assert (stored(meeting, "status"), meeting.changes.count()) == (("scheduled",), changes)
