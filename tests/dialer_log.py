"""A dialer, as far as a test needs one."""

import json
from datetime import timedelta

from django.utils.timezone import now

URL = "/w/acme/api/calls/"


def dialer(client, token):
    """A function that sends calls as a dialer with that token does; with `text` the body as it stands."""

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
