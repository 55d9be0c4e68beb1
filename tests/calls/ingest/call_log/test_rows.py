"""The rows of a dialer's log become calls, once each, or are refused."""

import pytest
from django.utils.timezone import now

from calls import derived
from calls.ingest.call_log import CallLog
from calls.ingest.parsing import CALL_FIELDS, RANKED
from calls.models import Call, CampaignDay, Meeting
from campaigns.dispositions import Disposition
from markets.imports.counts import rolled_back
from markets.imports.mapping import ColumnMapping
from tests.calls.ingest.call_log.call_rows import counts, import_rows, refusal
from tests.factories import CampaignFactory, ContactFactory, MembershipFactory, active_campaign, member, utc
from tests.importing import import_calls


def test_a_row_becomes_a_call(campaign):
    row = {
        "direction": "OUT-BOUND",
        "talk_seconds": "95",
        "disposition": "future  potential",
        "notes": "Call again\nin spring",
        "caller": "Bob",
    }

    assert counts(import_rows(campaign, row)) == (1, 0, 0, 0)

    call = Call.objects.get()
    assert (call.dialer_call_id, call.contact.full_name, call.direction) == ("c1", "Ann", "outbound")
    assert (call.talk_seconds, call.disposition) == (95, Disposition.FUTURE_POTENTIAL)
    assert (call.notes, call.caller, call.caller_name) == ("Call again\nin spring", None, "Bob")
    assert call.started_at == utc(2026, 3, 2, 15)
    assert derived.check(campaign.workspace) == []


@pytest.mark.parametrize("name", ["A", "ANN@people.example", "+1 (212) 555-0100"])
def test_people_are_found_by_id_email_or_phone(campaign, name):
    assert counts(import_rows(campaign, {"contact": name})) == (1, 0, 0, 0)


def test_a_shared_number_means_the_one_in_the_campaign(campaign):
    ContactFactory(workspace=campaign.workspace, full_name="Bob", phone="212 555 0100")

    assert counts(import_rows(campaign, {"contact": "2125550100"})) == (1, 0, 0, 0)
    assert Call.objects.get().contact.full_name == "Ann"


def test_a_number_shared_within_the_campaign_is_refused_and_names_them(campaign):
    member(campaign, full_name="Bob", phone="212 555 0100")

    rejection = refusal(campaign, contact="2125550100")

    assert rejection.code == "several_people"
    assert "Ann (contact " in rejection.message
    assert "Bob (contact " in rejection.message


def test_somebody_outside_the_campaign_is_refused(campaign):
    ContactFactory(workspace=campaign.workspace, external_id="B")

    assert refusal(campaign, contact="B").code == "not_a_member"


def test_a_call_from_when_the_campaign_was_not_active_is_refused_and_the_others_are_in(market):
    campaign = active_campaign(market=market, days_ago=10)
    contact = campaign.members.get().contact
    today, long_ago = f"{now():%Y-%m-%d %H:%M}Z", "2026-01-02 10:00"

    result = import_rows(
        campaign,
        {"call_id": "old", "contact": contact.email, "started_at": long_ago},
        {"call_id": "new", "contact": contact.email, "started_at": today},
        historical=False,
    )

    assert counts(result) == (1, 0, 0, 1)
    assert [(each.line, each.code) for each in result.rejections] == [(2, "not_active")]


def test_a_caller_is_the_member_of_that_email(campaign):
    caller = MembershipFactory(workspace=campaign.workspace).user
    stranger = MembershipFactory().user

    import_rows(campaign, {"caller": caller.email.upper()}, {"call_id": "c2", "caller": stranger.email})

    found = {call.dialer_call_id: (call.caller, call.caller_name) for call in Call.objects.all()}
    assert found == {"c1": (caller, ""), "c2": (None, stranger.email)}


def test_the_same_again_changes_nothing(campaign):
    rows = [
        {"disposition": "Callback Requested", "talk_seconds": "10", "notes": "Later", "caller": "Bob"},
        {"call_id": "c2", "disposition": "Meeting Booked", "meeting_at": "2026-03-09 12:00"},
    ]
    import_rows(campaign, *rows)

    assert counts(import_rows(campaign, *rows)) == (0, 0, 2, 0)


def test_other_content_amends_the_call_and_all_that_follows(campaign):
    import_rows(campaign, {"disposition": "Meeting Booked", "talk_seconds": "60"})

    result = import_rows(campaign, {"disposition": "Callback Requested"})

    call = Call.objects.get()
    assert counts(result) == (0, 1, 0, 0)
    assert (call.disposition, call.talk_seconds) == (Disposition.CALLBACK_REQUESTED, 60)
    assert call.callback_at == utc(2026, 3, 3, 14)
    assert Meeting.objects.get().status == Meeting.Status.CANCELLED
    assert derived.check(campaign.workspace) == []


def test_a_known_id_for_somebody_else_or_another_campaign_is_refused(campaign, market):
    member(campaign, external_id="B")
    other = CampaignFactory(market=market)
    member(other, external_id="C")
    import_rows(campaign, {})

    codes = [import_rows(campaign, {"contact": "B"}), import_rows(other, {"contact": "C"})]

    assert [each.code for result in codes for each in result.rejections] == ["known_otherwise", "known_otherwise"]
    assert Call.objects.count() == 1


def test_an_id_twice_in_a_file_is_one_call(campaign):
    rows = [{}, {}, {"talk_seconds": "30"}, {"talk_seconds": "30"}]

    assert counts(import_rows(campaign, *rows)) == (1, 1, 2, 0)
    assert Call.objects.get().talk_seconds == 30


def test_an_id_whose_first_row_was_refused_is_taken_from_the_second(campaign):
    result = import_rows(campaign, {"started_at": "2099-01-01 10:00"}, {}, {})

    assert counts(result) == (1, 0, 1, 1)


def test_a_row_that_does_not_fit_the_header_is_refused(campaign):
    header = ["call_id", "contact", "started_at", "disposition"]

    result = import_calls(
        campaign=campaign,
        rows=[(2, ["c1", "A"]), (3, ["c1", "A", "2026-03-02 10:00", "Voicemail"])],
        columns=ColumnMapping(header, CALL_FIELDS, ranked=RANKED),
        historical=True,
    )

    assert counts(result) == (1, 0, 0, 1)
    assert (result.rejections[0].line, result.rejections[0].code) == (2, "columns")


def test_of_several_columns_for_the_person_ids_come_first():
    columns = ColumnMapping(["Phone", "Email", "Lead ID", "Call ID"], CALL_FIELDS, ranked=RANKED)

    assert columns.headers_by_field == {"call_id": ["Call ID"], "contact": ["Lead ID", "Email", "Phone"]}


def test_a_dry_run_counts_the_same_and_leaves_nothing(campaign):
    rows = [{}, {"call_id": "c2", "disposition": "Do Not Contact"}, {"call_id": "x" * 121}]

    with rolled_back(really=True):
        dry = import_rows(campaign, *rows)

    assert not Call.objects.exists()
    assert not campaign.workspace.suppressions.exists()
    assert dry == import_rows(campaign, *rows)


def test_calls_in_many_chunks_add_up(campaign):
    rows = [{"call_id": f"c{n}"} for n in range(CallLog.chunk + 5)]

    assert counts(import_rows(campaign, *rows, {"call_id": "c0"})) == (CallLog.chunk + 5, 0, 1, 0)
    assert CampaignDay.objects.get().call_count == CallLog.chunk + 5
