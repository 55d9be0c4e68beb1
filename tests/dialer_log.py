"""A dialer that sends calls to the ingest API."""

import json
from datetime import timedelta

from django.utils.timezone import now

URL = "/w/acme/api/calls/"


def dialer(client, token):
    """A function that sends calls with that token; `text` replaces the whole body."""

    def send(*calls, text=None, url=URL, show=token, headers=(), **options):
        body = json.dumps({"calls": calls, **options}) if text is None else text
        headers = {"Authorization": f"Bearer {show}", "Content-Type": "application/json", **dict(headers)}
        return client.generic("POST", url, body, content_type=headers.pop("Content-Type"), headers=headers)

    return send


def one(campaign, call_id="c1", /, **fields):
    """A call as a dialer reports it; by default an hour ago, to the campaign's first member."""
    contact = campaign.members.order_by("pk").first().contact
    started_at = (now() - timedelta(hours=1)).replace(microsecond=0)
    defaults = {"call_id": call_id, "contact": contact.email, "campaign": campaign.name}
    return defaults | {"started_at": started_at.isoformat(), "disposition": "No Answer"} | fields


def refused(answer, status):
    """The sentence of a refusal, in the problem format of RFC 9457."""
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"], problem["status"]) == (
        status,
        "application/problem+json",
        status,
    )
    assert problem["detail"].endswith("."), problem
    return problem["detail"]


def result(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()
