"""Whose word counts for a call: people come before sources, and a source changes only its own word (product.md, 8)."""

import pytest
from django.utils.timezone import localtime

from calls import derived
from calls.ingest.call_ids import exported_id
from calls.log import amend, void
from calls.log.meetings import change_meeting
from calls.models import Call, CallReport, Correction, Meeting
from markets.models import Contact, ImportNote, Suppression
from markets.workspaces import api_tokens
from tests.calls.ingest.sources import STARTED_AT, Api, Files, correct, row
from tests.dialer_log import dialer
from tests.factories import call as log_call
from tests.factories import member, signal
from tests.importing import new_job


@pytest.fixture
def campaign(campaign):
    member(campaign, external_id="A", full_name="Ann", phone="212 555 0100")
    return campaign


@pytest.fixture
def files(campaign, tmp_path):
    return Files(campaign, tmp_path)


@pytest.fixture
def other_files(campaign, tmp_path):
    """Another source: its header names one column more."""
    return Files(campaign, tmp_path, ("Call ID", "Contact", "Start time", "Talk time", "Outcome", "Comments"))


@pytest.fixture
def api(campaign, client):
    return Api(campaign, dialer(client, api_tokens.issue(workspace=campaign.workspace, name="Dialer", by=None)[1]))


@pytest.fixture(params=["files", "api"])
def source(request):
    return request.getfixturevalue(request.param)


def outcomes(result):
    return tuple(result[name] for name in ("created", "updated", "unchanged", "rejected"))


def stored(call_id="c1"):
    return Call.objects.values_list("disposition", "talk_seconds", "notes").get(dialer_call_id=call_id)


def test_the_nightly_log_leaves_what_a_manager_corrected_to_do_not_contact(as_manager, campaign, source):
    night = [row("c1"), row("c2", "Meeting Booked")]
    assert outcomes(source(*night)) == (2, 0, 0, 0)
    assert correct(as_manager, disposition="do_not_contact").status_code == 302

    result = source(*night, row("c3"))

    assert outcomes(result) == (1, 0, 2, 0)
    assert result["disagreements"] == 1
    assert stored() == ("do_not_contact", 45, "")
    assert Suppression.objects.in_force().get().contact.full_name == "Ann"
    assert not Contact.objects.filter(full_name="Ann").callable().exists()
    assert Correction.objects.count() == 1
    assert derived.check(campaign.workspace) == []


def test_the_report_of_a_file_names_the_call_with_both_values(as_manager, files):
    files(row())
    correct(as_manager, disposition="do_not_contact")

    files(row())

    assert files.notes == [("disagreement", "disposition", "No Answer", "Do Not Contact", Call.objects.get().pk)]
    said = f"Ann, call {Call.objects.get().pk}, disposition: here Do Not Contact, in the file No Answer."
    assert f"File and person disagree: {said}" in files.output


def test_the_answer_of_the_api_says_that_a_person_disagrees(as_manager, api):
    api(row())
    correct(as_manager, disposition="do_not_contact")

    api(row())

    (answer,) = api.calls
    assert (answer["outcome"], answer["code"], answer["id"]) == ("unchanged", "disagreement", Call.objects.get().pk)
    assert "“No Answer” here, but a person made it “Do Not Contact”" in answer["message"]


def test_a_new_word_of_the_source_meets_the_persons_word_and_changes_the_other_fields(as_manager, source):
    source(row())
    correct(as_manager, disposition="voicemail")

    result = source(row(result="Not Interested", talk="90", notes="Later"))

    assert (outcomes(result), result["disagreements"]) == ((0, 1, 0, 0), 1)
    assert stored() == ("voicemail", 90, "Later")


def test_a_person_may_change_it_again(as_manager, source):
    source(row())
    correct(as_manager, disposition="voicemail")
    source(row(result="Not Interested"))
    correct(as_manager, disposition="not_interested")

    result = source(row(result="Not Interested"))

    assert (outcomes(result), result["disagreements"], stored()[0]) == ((0, 0, 1, 0), 0, "not_interested")


def test_nothing_is_stored_for_a_log_that_repeats_itself(source, django_assert_max_num_queries):
    source(row(), row("c2"))

    with django_assert_max_num_queries(60):
        assert outcomes(source(row(), row("c2"))) == (0, 0, 2, 0)
    assert not CallReport.objects.exists()


def test_a_source_changes_its_own_word(source):
    source(row())

    assert outcomes(source(row(result="Voicemail"))) == (0, 1, 0, 0)
    assert outcomes(source(row(result="Voicemail"))) == (0, 0, 1, 0)
    assert outcomes(source(row())) == (0, 1, 0, 0), "changing it back is a new word, too"
    assert stored()[0] == "no_answer"
    assert CallReport.objects.get().values["disposition"] == "no_answer"


def test_between_sources_the_newer_word_counts_and_an_old_one_repeated_does_not(files, other_files, api):
    files(row())
    assert outcomes(other_files(row(result="Voicemail"))) == (0, 1, 0, 0)

    assert outcomes(files(row())) == (0, 0, 1, 0), "said before"
    assert outcomes(api(row())) == (0, 1, 0, 0), "the API's first word, and the newest"
    assert outcomes(other_files(row(result="Voicemail"))) == (0, 0, 1, 0), "said before"
    assert stored()[0] == "no_answer"
    assert not ImportNote.objects.exists()


def test_agreeing_is_a_word_too(files, other_files):
    files(row())
    assert outcomes(other_files(row())) == (0, 0, 1, 0)
    files(row(result="Voicemail"))

    assert outcomes(other_files(row())) == (0, 0, 1, 0), "its word is older than that of the first source"
    assert stored()[0] == "voicemail"


def test_a_file_may_suppress_and_never_lifts(campaign, source):
    source(row())
    assert outcomes(source(row(result="Do Not Call"))) == (0, 1, 0, 0)

    assert outcomes(source(row(result="Voicemail"))) == (0, 1, 0, 0)

    assert stored()[0] == "voicemail"
    assert Suppression.objects.in_force().count() == 1
    assert derived.check(campaign.workspace) == []


def test_a_voided_call_is_not_brought_back_or_changed(manager, source):
    source(row())
    void(call=Call.objects.get(), by=manager, reason="Test call")

    for result in ("No answer", "Voicemail"):
        counts = source(row(result=result))
        assert (outcomes(counts), counts["disagreements"]) == ((0, 0, 1, 0), 1)

    call = Call.objects.get()
    assert (call.disposition, bool(call.voided_at)) == ("no_answer", True)


def test_a_call_on_which_signals_were_heard_stays_a_conversation(campaign, source):
    source(row(result="Future Potential"))
    signal(Call.objects.get())

    counts = source(row(result="No answer"))

    assert (outcomes(counts), counts["disagreements"], stored()[0]) == ((0, 0, 1, 0), 1, "future_potential")


def test_a_callback_that_a_person_moved_stays_with_its_outcome(as_manager, campaign, source):
    source(row(result="Callback"))
    moved_to = localtime(Call.objects.get().callback_at, campaign.workspace.zone).replace(hour=11)
    correct(as_manager, callback_at=f"{moved_to:%Y-%m-%dT%H:%M}")

    assert source(row(result="Callback"))["disagreements"] == 0
    counts = source(row(result="No answer"))

    call = Call.objects.get()
    assert (outcomes(counts), counts["disagreements"]) == ((0, 0, 1, 0), 1)
    assert (call.disposition, localtime(call.callback_at, campaign.workspace.zone).hour) == ("callback_requested", 11)


def test_a_meeting_that_a_person_changed_stays(manager, source):
    at, later = "2031-01-05 10:00", "2031-01-06 10:00"
    source(row(result="Meeting Booked"), meeting_at=at)
    meeting = Meeting.objects.get()
    change_meeting(meeting=meeting, to="cancelled", by=manager, reason="They rang")

    assert outcomes(source(row(result="Meeting Booked"), meeting_at=at)) == (0, 0, 1, 0)
    counts = source(row(result="Meeting Booked"), meeting_at=later)

    meeting.refresh_from_db()
    assert (outcomes(counts), counts["disagreements"]) == ((0, 0, 1, 0), 1)
    assert (meeting.status, meeting.scheduled_at.day) == ("cancelled", 5)


def test_a_meeting_that_only_the_source_spoke_of_moves(source):
    source(row(result="Meeting Booked"), meeting_at="2031-01-05 10:00")

    assert outcomes(source(row(result="Meeting Booked"), meeting_at="2031-01-06 10:00")) == (0, 1, 0, 0)
    assert Meeting.objects.get().scheduled_at.day == 6


def test_an_older_version_that_arrives_late_changes_nothing(source):
    source(row(), reported_at="2031-01-05T10:00:00Z")
    assert outcomes(source(row(result="Voicemail"), reported_at="2031-01-05T12:00:00Z")) == (0, 1, 0, 0)

    late = source(row(result="Not Interested"), reported_at="2031-01-05T11:00:00Z")

    assert (outcomes(late), stored()[0]) == ((0, 0, 1, 0), "voicemail")
    known_newer = getattr(source, "calls", None) or ImportNote.objects.values("kind")
    assert [each.get("code", each.get("kind")) for each in known_newer] == ["known_newer"]


def test_a_newer_version_that_changes_nothing_still_makes_others_old(source):
    source(row(), reported_at="2031-01-05T10:00:00Z")
    assert outcomes(source(row(), reported_at="2031-01-05T12:00:00Z")) == (0, 0, 1, 0)

    assert outcomes(source(row(result="Voicemail"), reported_at="2031-01-05T11:00:00Z")) == (0, 0, 1, 0)
    assert outcomes(source(row(result="Voicemail"), reported_at="2031-01-05T13:00:00Z")) == (0, 1, 0, 0)


def test_without_a_version_a_report_is_as_new_as_its_arrival(source):
    source(row(), reported_at=STARTED_AT.isoformat())
    assert outcomes(source(row(result="Voicemail"))) == (0, 1, 0, 0)

    assert outcomes(source(row(result="Not Interested"), reported_at=STARTED_AT.isoformat())) == (0, 0, 1, 0)
    assert stored()[0] == "voicemail"


def test_an_undo_by_a_person_is_no_word_of_that_person(campaign, manager, source):
    source(row())
    amend(
        call=Call.objects.get(),
        by=manager,
        reason="x",
        import_job=new_job(campaign.workspace, "calls"),
        disposition="voicemail",
    )

    assert source(row(result="Not Interested"))["disagreements"] == 0


def test_a_call_from_before_the_campaign_can_be_corrected_and_the_log_leaves_it(as_manager, campaign, tmp_path):
    campaign.status_changes.all().delete()
    files = Files(campaign, tmp_path)
    old = [row("c1"), row("c2", "Meeting Booked")]
    assert outcomes(files(*old, historical=True)) == (2, 0, 0, 0)
    assert correct(as_manager, disposition="voicemail").status_code == 302

    result = files(*old, row("c3"), historical=True)

    assert (outcomes(result), result["disagreements"]) == ((1, 0, 2, 0), 1)
    assert stored()[0] == "voicemail"


def test_what_a_person_logged_is_that_persons_word_in_our_own_export_too(campaign, files):
    ann = campaign.members.get(contact__external_id="A").contact
    made = log_call(campaign, ann, disposition="voicemail", notes="Hers", started_at=STARTED_AT, talk_seconds=45)

    result = files(row(exported_id(made), result="No answer", notes="Hers"))

    assert (outcomes(result), result["disagreements"]) == ((0, 0, 1, 0), 1)
    assert Call.objects.get().disposition == "voicemail"


def test_many_disagreements_cost_no_query_each(campaign, files, manager, django_assert_max_num_queries):
    rows = [row(f"c{number}") for number in range(300)]
    files(*rows)
    for call in Call.objects.all():
        Correction.objects.create(
            workspace=campaign.workspace,
            call=call,
            before={"disposition": "no_answer"},
            after={"disposition": "voicemail"},
            corrected_by=manager,
            reason="Misheard",
        )
    Call.objects.update(disposition="voicemail")

    with django_assert_max_num_queries(70):
        result = files(*rows)

    assert (result["unchanged"], result["disagreements"]) == (300, 300)
