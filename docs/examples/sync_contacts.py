"""Keeps the people of another system and of a workspace alike, both ways, and sends calls. Needs Python 3.12 only."""

import json
import time
from itertools import batched
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

FIELDS = ["full_name", "email", "phone", "firm", "title", "city"]


class Portal:
    def __init__(self, url, workspace, token):
        self.base, self.token = f"{url}/w/{workspace}/api", token

    def request(self, method, path, body=None):
        """The response. Sends the request again while the portal is busy or the minute's requests are used up."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = str(uuid4())  # the same for each attempt
        data = json.dumps(body).encode() if body else None
        while True:
            try:
                with urlopen(Request(f"{self.base}/{path}", data, headers, method=method), timeout=60) as response:
                    return json.load(response)
            except HTTPError as error:
                problem = json.load(error)
                if error.code not in (429, 503):
                    raise RuntimeError(problem["detail"]) from None
                time.sleep(int(error.headers["Retry-After"]))

    def rows(self, path, **query):
        """All rows of a list, over all of its pages."""
        while query.get("cursor", "") is not None:
            page = self.request("GET", f"v1/{path}?{urlencode(query)}")
            yield from page["items"]
            query["cursor"] = page["next_cursor"]


def send_people(portal, people):
    """Sends people by external ID. Returns why people were rejected, and what a person in the portal has corrected."""
    sent = [{"external_id": external_id, **fields} for external_id, fields in people.items()]
    problems = []
    for batch in batched(sent, 500):
        for person in portal.request("POST", "v1/contacts", {"contacts": batch})["contacts"]:
            found = [person["message"], *(f"{note['field']}: {note['message']}" for note in person["notes"])]
            problems += [f"{person['external_id']}: {each}" for each in found if each]
    return problems


def fetch_people(portal, since):
    """The people who changed in the portal, by external ID. `since` is in ISO 8601, such as 2026-01-31T09:00:00Z."""
    changed = portal.rows("contacts", updated_since=since, limit=500)
    return {row["external_id"]: {name: row[name] for name in FIELDS} for row in changed if row["external_id"]}


def send_calls(portal, campaign, calls):
    """Sends calls to a campaign. Sending the same calls again changes nothing."""
    return [portal.request("POST", "calls/", {"campaign": campaign, "calls": batch}) for batch in batched(calls, 500)]
