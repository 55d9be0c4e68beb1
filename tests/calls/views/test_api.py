"""What a dialer sends in as it calls: who may, and what comes back."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.models import Call
from markets.models import ApiToken
from markets.workspaces import api_tokens
from tests import factories
from tests.access_rows import METHODS, ROLES
from tests.dialer_log import URL, dialer, one, refused, result


@pytest.fixture
def token(workspace):
    return api_tokens.issue(workspace=workspace, name="Dialer", by=None)[1]


@pytest.fixture
def send(client, token):
    return dialer(client, token)


def test_calls_come_in_and_each_is_answered_in_the_order_sent(send, campaign):
    contact = campaign.members.last().contact
    full = one(
        campaign,
        "c2",
        contact=contact.phone,
        campaign=campaign.pk,
        direction="inbound",
        talk_seconds=95,
        disposition="CALLBK",
        notes="Later\nplease",
        caller="Agent 7",
        callback_at="2031-02-03 10:00",
        meeting_at=None,
    )

    outcome = result(send(one(campaign), full, one(campaign, "c3", contact="nobody@x.example")))

    first, second = Call.objects.order_by("pk")
    assert {name: outcome[name] for name in ("created", "updated", "unchanged", "rejected")} == {
        **{"created": 2, "updated": 0, "unchanged": 0, "rejected": 1}
    }
    assert outcome["calls"][:2] == [
        {"call_id": "c1", "outcome": "created", "id": first.pk, "code": "", "message": ""},
        {"call_id": "c2", "outcome": "created", "id": second.pk, "code": "", "message": ""},
    ]
    last = outcome["calls"][2]
    assert (last["call_id"], last["outcome"], last["id"], last["code"]) == ("c3", "rejected", None, "contact")
    assert "“nobody@x.example”" in last["message"]
    assert (second.contact, second.campaign, second.direction, second.talk_seconds) == (
        *(contact, campaign, "inbound", 95),
    )
    assert (second.disposition, second.notes, second.caller_name) == ("callback_requested", "Later\nplease", "Agent 7")
    assert second.callback_at == factories.utc(2031, 2, 3, 15)


def test_the_same_calls_again_change_nothing_and_a_corrected_one_is_updated(send, campaign):
    calls = [one(campaign, f"c{n}") for n in range(3)]
    ids = [each["id"] for each in result(send(*calls))["calls"]]
    before = list(Call.objects.order_by("pk").values())

    again = result(send(*calls))
    assert (again["unchanged"], [each["id"] for each in again["calls"]]) == (3, ids)
    assert list(Call.objects.order_by("pk").values()) == before

    corrected = result(send(*calls[:2], calls[2] | {"disposition": "Voicemail"}))
    assert (corrected["unchanged"], corrected["updated"], corrected["calls"][2]["id"]) == (2, 1, ids[2])
    assert Call.objects.get(pk=ids[2]).disposition == "voicemail"


def test_a_call_that_is_sent_twice_in_one_request_is_one(send, campaign):
    outcome = result(send(one(campaign), one(campaign), one(campaign, disposition="Voicemail")))

    assert [each["outcome"] for each in outcome["calls"]] == ["created", "unchanged", "updated"]
    assert Call.objects.get().disposition == "voicemail"


def test_what_is_said_once_goes_for_all_calls_that_do_not_say_it(send, campaign, market):
    other = factories.active_campaign(market=market, name="Other")
    bare = {name: value for name, value in one(campaign).items() if name != "campaign"}
    there = one(other, "c2", disposition="Sale", started_at="2026-03-02 09:00:00")

    outcome = result(
        send(
            *(bare | {"disposition": "sale!"}, there, bare | {"call_id": "c3", "campaign": " "}),
            campaign=campaign.pk,
            timezone="Asia/Tokyo",
            results={"SALE": "Meeting Booked"},
            historical=True,
        )
    )

    assert outcome["created"] == 3, outcome
    first, second, third = (Call.objects.get(dialer_call_id=f"c{n}") for n in (1, 2, 3))
    assert (first.campaign, second.campaign, third.campaign) == (campaign, other, campaign)
    assert (first.disposition, second.disposition) == ("meeting_booked", "meeting_booked")
    assert second.started_at == factories.utc(2026, 3, 2)


def test_calls_from_before_the_campaign_was_kept_here_are_admitted_when_asked(send, campaign):
    old = one(campaign, started_at=(now() - timedelta(days=800)).isoformat())

    assert result(send(old))["rejected"] == 1
    assert result(send(old, historical=True))["created"] == 1


def test_numbers_are_kept_as_they_were_written(send, campaign):
    contact = campaign.members.first().contact
    contact.external_id = "12345678901234567890123"
    contact.save()
    call = json.dumps(one(campaign, disposition="Voicemail"))
    text = call.replace('"c1"', "900719925474099345").replace(f'"{contact.email}"', contact.external_id)

    outcome = result(send(text=f'{{"calls": [{text[:-1]}, "talk_seconds": 12.0}}]}}'))

    assert outcome["calls"][0]["call_id"] == "900719925474099345"
    made = Call.objects.get()
    assert (made.contact, made.dialer_call_id, made.talk_seconds) == (contact, "900719925474099345", 12)


def test_the_answer_is_json_that_no_cookie_and_no_sign_in_goes_with(send, campaign, client, manager):
    client.force_login(manager)

    answer = send(one(campaign))

    assert answer["Content-Type"] == "application/json"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_opens_it_without_a_token(client, workspace, campaign, outsider, role):
    if role != "anonymous":
        user = outsider if role == "outsider" else factories.MembershipFactory(workspace=workspace, role=role).user
        client.force_login(user)
    body = json.dumps({"calls": [one(campaign)]})

    answers = [
        client.generic(method, url, body, content_type="application/json")
        for method in [*METHODS, "PATCH", "OPTIONS"]
        for url in (URL, "/w/no-such-firm/api/calls/")
    ]

    assert {refused(answer, 401) for answer in answers} == {refused(answers[0], 401)}
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="Client Portal"'}
    assert not Call.objects.exists()


def test_ops_staff_need_a_token_too(as_ops, campaign):
    refused(as_ops.post(URL, {"calls": [one(campaign)]}, content_type="application/json"), 401)


def test_every_token_that_does_not_open_the_workspace_is_answered_alike(send, token, workspace, campaign):
    other = factories.WorkspaceFactory(slug="other", name="Zanzibar")
    foreign = api_tokens.issue(workspace=other, name="Dialer", by=None)[1]
    revoked_row, revoked = api_tokens.issue(workspace=workspace, name="Old", by=None)
    api_tokens.revoke(token=revoked_row, by=None)
    kept_hash = ApiToken.objects.get(name="Dialer", workspace=workspace).token_hash
    shown = [foreign, revoked, kept_hash, token[:-1], f"{token}x", "", "ø" * 43, "x" * 5000, f"{token} {token}"]

    answers = [send(one(campaign), show=each) for each in shown]
    answers += [send(one(campaign), url=f"/w/{slug}/api/calls/") for slug in ("other", "no-such-firm", "ACME")]
    answers += [send(headers={"Authorization": each}) for each in (token, f"Basic {token}", "Bearer", f"Token {token}")]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer.status_code for answer in answers} == {401}
    assert not Call.objects.exists()
    assert not ApiToken.objects.exclude(last_used_at=None).exists()
    # What cannot be the name of a workspace is no address, whatever token is shown.
    nowhere = [send(one(campaign), url="/w/%00/api/calls/", show=each) for each in (token, foreign)]
    assert [answer.status_code for answer in nowhere] == [404, 404]
    assert nowhere[0].content == nowhere[1].content
    assert result(send(one(campaign)))["created"] == 1


def test_an_archived_workspace_takes_nothing(send, workspace, campaign):
    workspace.archived_at = now()
    workspace.save()

    refused(send(one(campaign)), 401)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_a_post_does_something(client, token, campaign, method):
    answer = client.generic(method, URL, headers={"Authorization": f"bearer  {token}"})

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    if method != "HEAD":
        assert refused(answer, 405) == f"{method} does nothing here; send a POST."


def test_too_many_requests_a_minute_wait_for_the_next(send, campaign, workspace):
    other = api_tokens.issue(workspace=workspace, name="Other dialer", by=None)[1]
    with time_machine.travel(now().replace(second=15, microsecond=0), tick=False) as clock:
        for _ in range(api_tokens.MAX_REQUESTS_PER_MINUTE):
            assert send(text="{}").status_code == 400

        answer = send(one(campaign))
        assert "120 requests a minute; send the next in 45 seconds." in refused(answer, 429)
        assert answer["Retry-After"] == "45"
        assert not Call.objects.exists()
        assert send(text="{}", show=other).status_code == 400
        clock.shift(45)
        assert send(text="{}").status_code == 400


def test_when_a_token_was_used_is_noted_to_the_minute(send, campaign, django_assert_num_queries):
    # The requests a minute are counted by the minute of the clock: the first counts in one, and the second in the next.
    with time_machine.travel(now().replace(second=30), tick=False) as clock:
        send(text="{}")
        first = ApiToken.objects.get().last_used_at
        assert first == now()
        clock.shift(59)
        with django_assert_num_queries(2):  # finds the token, and counts the request
            send(text="{}")
        assert ApiToken.objects.get().last_used_at == first
        clock.shift(1)
        send(text="{}")
        assert ApiToken.objects.get().last_used_at == now()


def test_foreign_campaigns_and_people_are_answered_like_those_that_do_not_exist(send, campaign):
    foreign = factories.active_campaign(name="Zanzibar", market__workspace__slug="other")
    stranger = foreign.members.first().contact
    pairs = [
        ("campaign", str(foreign.pk), "2000000000"),
        ("campaign", foreign.name, "Zanzibaz"),
        ("contact", stranger.email, "nobody@x.example"),
        ("contact", stranger.phone, "(212) 555-9876"),
    ]
    for field, foreign, missing in pairs:
        first, second = (result(send(one(campaign, **{field: named})))["calls"][0] for named in (foreign, missing))
        assert first["code"] == second["code"] == field
        assert first["message"].replace(foreign, "…") == second["message"].replace(missing, "…")
        by_all = result(send(one(campaign, campaign=None), campaign=foreign)) if field == "campaign" else None
        assert by_all is None or by_all["calls"][0]["message"] == first["message"]
    assert not Call.objects.exists()


def test_a_call_id_of_another_workspace_is_no_call_of_this_one(send, campaign):
    foreign = factories.active_campaign(market__workspace__slug="other")
    factories.call(foreign, dialer_call_id="c1")

    assert result(send(one(campaign)))["created"] == 1


def test_more_calls_take_no_more_statements(send, campaign):
    send(one(campaign, "warm"))

    def statements(calls):
        with CaptureQueriesContext(connection) as captured:
            assert result(send(*calls))["rejected"] == 0
        return len(captured)

    late = (now() - timedelta(hours=2)).isoformat()
    few = [one(campaign, f"a{n}", started_at=late) for n in range(2)]
    many = [one(campaign, f"b{n}", started_at=late) for n in range(60)]
    assert statements(few) == statements(many)
    assert statements(few) == statements(many)


def test_what_came_in_over_the_network_is_counted_like_any_call(send, campaign):
    result(send(one(campaign), one(campaign, "c2", disposition="Future Potential")))

    call_command("rebuild_tallies", "--check", verbosity=0)
    assert campaign.days.get().call_count == 2
