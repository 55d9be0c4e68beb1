"""What a dialer sends in as it calls: who may, what comes back, and what is refused with which sentence."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.models import Call
from calls.views.api import MOST_BYTES
from markets import tokens
from markets.models import ApiToken
from tests import factories
from tests.test_access import METHODS, ROLES

URL = "/w/acme/api/calls/"


@pytest.fixture(autouse=True)
def fresh_minute():
    cache.clear()


@pytest.fixture
def token(workspace):
    return tokens.issue(workspace=workspace, name="Dialer", by=None)[1]


@pytest.fixture
def send(client, token):
    """Sends some calls; with `text` the body as it stands."""

    def send(*calls, text=None, url=URL, show=token, headers=(), **options):
        body = json.dumps({"calls": calls, **options}) if text is None else text
        headers = {"Authorization": f"Bearer {show}", "Content-Type": "application/json", **dict(headers)}
        return client.generic("POST", url, body, content_type=headers.pop("Content-Type"), headers=headers)

    return send


def one(campaign, call_id="c1", /, **fields):
    """A call as a dialer tells it; by default an hour ago, to the campaign's first member."""
    contact = campaign.members.order_by("pk").first().contact
    started_at = (now() - timedelta(hours=1)).replace(microsecond=0)
    given = {"call_id": call_id, "contact": contact.email, "campaign": campaign.name}
    return given | {"started_at": started_at.isoformat(), "disposition": "No Answer"} | fields


def refused(answer, status):
    """The sentence of a refusal, which is a problem as RFC 9457 has it."""
    said = answer.json()
    assert (answer.status_code, answer["Content-Type"], said["status"]) == (status, "application/problem+json", status)
    assert said["detail"].endswith("."), said
    return said["detail"]


def result(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


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

    said = result(send(one(campaign), full, one(campaign, "c3", contact="nobody@x.example")))

    first, second = Call.objects.order_by("pk")
    assert {name: said[name] for name in ("created", "updated", "unchanged", "rejected")} == {
        **{"created": 2, "updated": 0, "unchanged": 0, "rejected": 1}
    }
    assert said["calls"][:2] == [
        {"call_id": "c1", "outcome": "created", "id": first.pk, "code": "", "message": ""},
        {"call_id": "c2", "outcome": "created", "id": second.pk, "code": "", "message": ""},
    ]
    last = said["calls"][2]
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
    said = result(send(one(campaign), one(campaign), one(campaign, disposition="Voicemail")))

    assert [each["outcome"] for each in said["calls"]] == ["created", "unchanged", "updated"]
    assert Call.objects.get().disposition == "voicemail"


def test_what_is_said_once_goes_for_all_calls_that_do_not_say_it(send, campaign, market):
    other = factories.active_campaign(market=market, name="Other")
    bare = {name: value for name, value in one(campaign).items() if name != "campaign"}
    there = one(other, "c2", disposition="Sale", started_at="2026-03-02 09:00:00")

    said = result(
        send(
            *(bare | {"disposition": "sale!"}, there, bare | {"call_id": "c3", "campaign": " "}),
            campaign=campaign.pk,
            timezone="Asia/Tokyo",
            results={"SALE": "Meeting Booked"},
            historical=True,
        )
    )

    assert said["created"] == 3, said
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

    said = result(send(text=f'{{"calls": [{text[:-1]}, "talk_seconds": 12.0}}]}}'))

    assert said["calls"][0]["call_id"] == "900719925474099345"
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
    foreign = tokens.issue(workspace=other, name="Dialer", by=None)[1]
    revoked_row, revoked = tokens.issue(workspace=workspace, name="Old", by=None)
    tokens.revoke(token=revoked_row, by=None)
    kept_hash = ApiToken.objects.get(name="Dialer", workspace=workspace).token_hash
    shown = [foreign, revoked, kept_hash, token[:-1], f"{token}x", "", "ø" * 43, "x" * 5000, f"{token} {token}"]

    answers = [send(one(campaign), show=each) for each in shown]
    answers += [send(one(campaign), url=f"/w/{slug}/api/calls/") for slug in ("other", "no-such-firm", "%00", "ACME")]
    answers += [send(headers={"Authorization": each}) for each in (token, f"Basic {token}", "Bearer", f"Token {token}")]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer.status_code for answer in answers} == {401}
    assert not Call.objects.exists()
    assert not ApiToken.objects.exclude(last_used_at=None).exists()
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
    other = tokens.issue(workspace=workspace, name="Other dialer", by=None)[1]
    with time_machine.travel(now().replace(second=15, microsecond=0), tick=False) as clock:
        for _ in range(tokens.MOST_A_MINUTE):
            assert send(text="{}").status_code == 400

        answer = send(one(campaign))
        assert "120 requests a minute; send the next in 45 seconds." in refused(answer, 429)
        assert answer["Retry-After"] == "45"
        assert not Call.objects.exists()
        assert send(text="{}", show=other).status_code == 400
        clock.shift(45)
        assert send(text="{}").status_code == 400


def test_when_a_token_was_used_is_noted_to_the_minute(send, campaign, django_assert_num_queries):
    with time_machine.travel(now(), tick=False) as clock:
        send(text="{}")
        first = ApiToken.objects.get().last_used_at
        assert first == now()
        clock.shift(59)
        with django_assert_num_queries(1):
            send(text="{}")
        assert ApiToken.objects.get().last_used_at == first
        clock.shift(1)
        send(text="{}")
        assert ApiToken.objects.get().last_used_at == now()


def test_foreign_campaigns_and_people_are_answered_like_those_that_do_not_exist(send, campaign):
    theirs = factories.active_campaign(name="Zanzibar", market__workspace__slug="other")
    stranger = theirs.members.first().contact
    pairs = [
        ("campaign", str(theirs.pk), "2000000000"),
        ("campaign", theirs.name, "Zanzibaz"),
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
    theirs = factories.active_campaign(market__workspace__slug="other")
    factories.call(theirs, dialer_call_id="c1")

    assert result(send(one(campaign)))["created"] == 1


REFUSED_CALLS = [
    ({"call_id": ""}, "call_id", "needs the dialer's call ID"),
    ({"call_id": "x" * 121}, "call_id", "at most 120"),
    ({"contact": None}, "contact", "does not say who was called"),
    ({"campaign": ""}, "campaign", "does not say which campaign"),
    ({"started_at": "yesterday"}, "started_at", "“yesterday” is no time"),
    ({"started_at": "0001-01-01 00:00"}, "started_at", "the year is before 1970"),
    ({"started_at": "2999-01-01 00:00"}, "started_at", "the year"),
    ({"disposition": "Sale"}, "disposition", "“Sale” is not a disposition"),
    ({"disposition": ""}, "disposition", "is not a disposition"),
    ({"direction": "sideways"}, "direction", "“sideways” is not a direction"),
    ({"talk_seconds": -1}, "talk_seconds", "negative"),
    ({"talk_seconds": 10**400}, "talk_seconds", "no talk time"),
    ({"talk_seconds": 1.5}, "talk_seconds", "no talk time"),
    ({"caller": "x" * 121}, "caller", "at most 120"),
    ({"recording": "x"}, "unknown_field", "“recording” is no field of a call. The fields are: call_id, contact,"),
    ({"\ud800": "x"}, "unknown_field", "is no field of a call"),
]


@pytest.mark.parametrize(("fields", "code", "sentence"), REFUSED_CALLS, ids=range(len(REFUSED_CALLS)))
def test_a_call_that_cannot_be_is_refused_alone(send, campaign, fields, code, sentence):
    said = result(send(one(campaign, "bad", **{"call_id": "bad"} | fields), one(campaign, "good")))

    bad, good = said["calls"]
    assert (bad["outcome"], bad["id"], bad["code"]) == ("rejected", None, code)
    assert sentence in bad["message"]
    assert bad["call_id"] == (fields.get("call_id", "bad"))
    assert good["outcome"] == "created"
    assert (said["created"], said["rejected"]) == (1, 1)


GOOD = '{"call_id": "c1", "contact": "a@b.example"}'
REFUSED_BODIES = [
    ("   ", "is not JSON"),
    ("{", "is not JSON"),
    (f'{{"calls": [{GOOD}]}} trailing', "is not JSON: Extra data (line 1, column"),
    (f'{{"calls": [{GOOD},]}}', "is not JSON"),
    (f"{{'calls': [{GOOD}]}}", "is not JSON"),
    (b'{"calls": "\xff"}', "is not UTF-8: byte 12"),
    (f'{{"calls": [{GOOD}]}}'.encode("utf-16"), "is not UTF-8"),
    ('{"calls": [{"call_id": "a\x00b"}]}', "is not JSON"),
    ('{"calls": [{"call_id": "a\\u0000b"}]}', "calls[0].call_id holds U+0000"),
    ('{"calls": [{"notes": "\\ud800"}]}', "calls[0].notes holds U+D800"),
    (f'{{"calls": [{GOOD}], "timezone": "\\u0000"}}', "timezone holds U+0000"),
    (f'{{"calls": [{GOOD}], "campaign": "\\udfff"}}', "campaign holds U+DFFF"),
    ('{"calls": [{"talk_seconds": NaN}]}', "holds NaN, which is no JSON number"),
    ('{"calls": [{"talk_seconds": -Infinity}]}', "holds -Infinity"),
    ('{"calls": [{"call_id": "a", "call_id": "b"}]}', "“call_id” twice"),
    (f'{{"calls": [{GOOD}], "calls": []}}', "“calls” twice"),
    ("[" * 100_000, "too deeply"),
    ('{"calls":' * 50_000 + "1" + "}" * 50_000, "too deeply"),
    ("null", "The body is null; it must be an object"),
    ("true", "The body is true"),
    ("7", "The body is a number"),
    ("9" * 5000, "The body is a number"),
    ('"calls"', "The body is a text"),
    (f"[{GOOD}]", "The body is a list"),
    ("{}", "calls is missing"),
    ('{"calls": null}', "calls is null; send a list of 1 to 500 calls"),
    ('{"calls": {}}', "calls is an object"),
    ('{"calls": []}', "calls is an empty list"),
    (f'{{"calls": [{GOOD}, "c2"]}}', "calls[1] is a text; it must be an object"),
    ('{"calls": [[]]}', "calls[0] is a list"),
    ('{"calls": [null]}', "calls[0] is null"),
    (f'{{"calls": [{GOOD}], "dry_run": true, "x": 1}}', "“dry_run”, “x” is no field of a request"),
    (f'{{"calls": [{GOOD}], "timezone": "Mars/Base"}}', "“Mars/Base” is not a time zone"),
    (f'{{"calls": [{GOOD}], "timezone": "../../etc/passwd"}}', "is not a time zone"),
    (f'{{"calls": [{GOOD}], "timezone": 1}}', "timezone is a number; it must be a text"),
    (f'{{"calls": [{GOOD}], "campaign": {{"id": 1}}}}', "campaign is an object; it must be a text or a number"),
    (f'{{"calls": [{GOOD}], "historical": "yes"}}', "historical is a text; write true or false"),
    (f'{{"calls": [{GOOD}], "historical": []}}', "historical is a list"),
    (f'{{"calls": [{GOOD}], "results": []}}', "results is a list"),
    (f'{{"calls": [{GOOD}], "results": {{"SALE": "Sold"}}}}', "results.SALE: “Sold” is not a disposition"),
    (f'{{"calls": [{GOOD}], "results": {{"SALE": 7}}}}', "results.SALE is a number"),
    (f'{{"calls": [{GOOD}], "results": {{"--": "Voicemail"}}}}', "without letters and digits"),
    ('{"calls": [{"notes": 5}]}', "calls[0].notes is a number; it must be a text"),
    ('{"calls": [{"started_at": 1767225600}]}', "calls[0].started_at is a number"),
    ('{"calls": [{"call_id": true}]}', "calls[0].call_id is true; it must be a text or a number"),
    ('{"calls": [{"contact": ["a"]}]}', "calls[0].contact is a list"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED_BODIES, ids=range(len(REFUSED_BODIES)))
def test_a_request_that_is_written_wrong_is_refused_whole(send, campaign, text, sentence):
    assert sentence in refused(send(text=text), 400)
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json; charset=no-such"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_what_is_not_json_as_utf_8_is_refused(send, campaign, headers):
    assert "Send" in refused(send(one(campaign), headers=headers), 415)
    assert not Call.objects.exists()


def test_one_call_that_is_written_wrong_keeps_the_others_out_too(send, campaign):
    good = one(campaign)

    assert "calls[1].notes is a number" in refused(send(good, good | {"call_id": "c2", "notes": 5}), 400)
    assert not Call.objects.exists()


def test_too_many_calls_and_too_many_bytes_are_refused_whole(send, campaign):
    calls = [one(campaign, f"c{n}") for n in range(501)]
    assert "calls holds 501 calls; send at most 500" in refused(send(*calls), 413)
    padded = json.dumps({"calls": [one(campaign)]})
    assert "more than 1,048,576 bytes" in refused(send(text=padded.ljust(MOST_BYTES + 1)), 413)
    assert not Call.objects.exists()

    assert result(send(text=padded.ljust(MOST_BYTES)))["created"] == 1
    assert result(send(*calls[:500]))["created"] == 499, "one came in just before"


def test_a_length_that_is_no_number_is_an_empty_body(client, token):
    answer = client.post(
        URL, "{}", content_type="application/json", headers={"Authorization": f"Bearer {token}"}, CONTENT_LENGTH="x"
    )

    assert "is not JSON" in refused(answer, 400)


def test_more_calls_take_no_more_statements(send, campaign):
    send(one(campaign, "warm"))

    def statements(calls):
        with CaptureQueriesContext(connection) as captured:
            assert result(send(*calls))["rejected"] == 0
        return len(captured)

    few = [one(campaign, f"a{n}") for n in range(2)]
    many = [one(campaign, f"b{n}") for n in range(60)]
    assert statements(few) == statements(many)
    assert statements(few) == statements(many)


def test_what_came_in_over_the_network_is_counted_like_any_call(send, campaign):
    result(send(one(campaign), one(campaign, "c2", disposition="Future Potential")))

    call_command("rebuild_tallies", "--check", verbosity=0)
    assert campaign.days.get().call_count == 2


def test_a_database_that_is_in_the_way_is_said(send, campaign):
    def busy(execute, sql, params, many, context):
        raise OperationalError("could not obtain lock")

    call = one(campaign)
    with connection.execute_wrapper(busy):
        answer = send(call)

    assert "Send it again." in refused(answer, 503)
    assert answer["Retry-After"] == "5"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["call_id", "contact", "campaign", "started_at", "direction", "talk_seconds", "disposition", "notes", "caller"]
ANY_CALL = st.dictionaries(st.sampled_from([*FIELDS, "callback_at", "meeting_at", "other"]), ANY_JSON, max_size=8)
ANY_REQUEST = st.fixed_dictionaries(
    {"calls": st.lists(ANY_CALL, max_size=4) | ANY_JSON},
    optional=dict.fromkeys(("timezone", "campaign", "results", "historical", "other"), ANY_JSON),
)
WORDS = st.one_of(
    st.none(),
    st.integers(-5, 10**12),
    st.text(),
    st.sampled_from(["", "c1", "Voicemail", "DNC", "Meeting Booked", "2026-03-02 09:00", "2026-03-02T09:00:00+02:00"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANY_JSON | ANY_REQUEST)
def test_no_json_makes_a_500(send, campaign, body):
    cache.clear()

    answer = send(text=json.dumps(body))

    assert answer.status_code in (200, 400), answer.content
    if answer.status_code == 400:
        refused(answer, 400)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.sampled_from([*FIELDS, "callback_at", "meeting_at"]), WORDS, max_size=6))
def test_no_field_of_a_call_makes_a_500(send, campaign, fields):
    cache.clear()

    answer = send(one(campaign) | fields, historical=True)

    assert answer.status_code in (200, 400), answer.content


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(min_size=1, max_size=200))
def test_no_bytes_make_a_500(send, campaign, body):
    cache.clear()

    refused(send(text=body), 400)
