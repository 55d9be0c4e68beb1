"""What a dialer may send in that is wrong: each ends in a sentence, for one call or for the request."""

import json

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.models import Call
from calls.views.api import MAX_BYTES
from markets.workspaces import api_tokens
from tests.dialer_log import URL, dialer, one, refused, result


@pytest.fixture
def token(workspace):
    return api_tokens.issue(workspace=workspace, name="Dialer", by=None)[1]


@pytest.fixture
def send(client, token):
    return dialer(client, token)


REFUSED_CALLS = [
    ({"call_id": ""}, "call_id", "needs the dialer's call ID"),
    ({"call_id": "x" * 121}, "call_id", "at most 120"),
    ({"contact": None}, "contact", "does not say who was called"),
    ({"campaign": ""}, "campaign", "does not say which campaign"),
    ({"started_at": "yesterday"}, "started_at", "“yesterday” is no time"),
    ({"started_at": "0001-01-01 00:00"}, "started_at", "the year is before 1970"),
    ({"started_at": "2999-01-01 00:00"}, "started_at", "the year"),
    ({"disposition": "Sale"}, "outcome_unknown", "“Sale” is not a disposition"),
    ({"disposition": ""}, "disposition", "is not a disposition"),
    ({"direction": "sideways"}, "direction", "“sideways” is not a direction"),
    ({"talk_seconds": -1}, "talk_seconds", "negative"),
    ({"talk_seconds": 10**400}, "talk_seconds", "no talk time"),
    ({"talk_seconds": "long"}, "talk_seconds", "no talk time"),
    ({"caller": "x" * 121}, "caller", "at most 120"),
    ({"recording": "x"}, "unknown_field", "“recording” is no field of a call. The fields are: call_id, contact,"),
    ({"\ud800": "x"}, "unknown_field", "is no field of a call"),
]


@pytest.mark.parametrize(("fields", "code", "sentence"), REFUSED_CALLS, ids=range(len(REFUSED_CALLS)))
def test_a_call_that_cannot_be_is_refused_alone(send, campaign, fields, code, sentence):
    outcome = result(send(one(campaign, "bad", **{"call_id": "bad"} | fields), one(campaign, "good")))

    bad, good = outcome["calls"]
    assert (bad["outcome"], bad["id"], bad["code"]) == ("rejected", None, code)
    assert sentence in bad["message"]
    assert bad["call_id"] == (fields.get("call_id", "bad"))
    assert good["outcome"] == "created"
    assert (outcome["created"], outcome["rejected"]) == (1, 1)


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


REFUSED_VALUES = [
    ("c2", "call", "calls[1] is a text; it must be an object"),
    ([], "call", "calls[1] is a list"),
    (None, "call", "calls[1] is null"),
    ({"notes": 5}, "notes", "calls[1].notes is a number; it must be a text"),
    ({"notes": "\ud800"}, "notes", "calls[1].notes holds U+D800"),
    ({"call_id": "a\0b"}, "call_id", "calls[1].call_id holds U+0000"),
    ({"call_id": True}, "call_id", "calls[1].call_id is true; it must be a text or a number"),
    ({"contact": ["a"]}, "contact", "calls[1].contact is a list"),
    ({"started_at": 12}, "started_at", "“12” is no time for started"),
]


@pytest.mark.parametrize(("call", "code", "sentence"), REFUSED_VALUES, ids=range(len(REFUSED_VALUES)))
def test_a_value_of_the_wrong_kind_refuses_its_call_and_never_the_others(send, campaign, call, code, sentence):
    bad = one(campaign, "bad") | call if isinstance(call, dict) else call

    outcome = result(send(one(campaign, "c1"), bad, one(campaign, "c3")))

    assert [each["outcome"] for each in outcome["calls"]] == ["created", "rejected", "created"]
    refused_call = outcome["calls"][1]
    assert (refused_call["code"], refused_call["id"]) == (code, None)
    assert sentence in refused_call["message"]
    assert set(Call.objects.values_list("dialer_call_id", flat=True)) == {"c1", "c3"}


def test_too_many_calls_and_too_many_bytes_are_refused_whole(send, campaign):
    calls = [one(campaign, f"c{n}") for n in range(501)]
    assert "calls holds 501 calls; send at most 500" in refused(send(*calls), 413)
    padded = json.dumps({"calls": [one(campaign)]})
    assert "more than 1,048,576 bytes" in refused(send(text=padded.ljust(MAX_BYTES + 1)), 413)
    assert not Call.objects.exists()

    assert result(send(text=padded.ljust(MAX_BYTES)))["created"] == 1
    assert result(send(*calls[:500]))["created"] == 499, "one came in just before"


def test_a_caller_of_another_workspace_is_a_name_and_nobody_here(send, campaign, outsider, caller):
    send(one(campaign, caller=outsider.email))
    send(one(campaign, call_id="second", caller=caller.email))

    made = Call.objects.order_by("pk").values_list("caller", "caller_name")
    assert list(made) == [(None, outsider.email), (caller.pk, "")]


def test_a_length_that_is_no_number_is_an_empty_body(client, token):
    answer = client.post(
        URL, "{}", content_type="application/json", headers={"Authorization": f"Bearer {token}"}, CONTENT_LENGTH="x"
    )

    assert "The body is empty" in refused(answer, 400)


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
