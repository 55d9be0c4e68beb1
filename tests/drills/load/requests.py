"""The requests of the load with their weights, and the form that saves a call."""

import random
from html.parser import HTMLParser

WEIGHTS = {
    "call": 20,
    "contact": 4,
    "contacts": 3,
    "campaign": 3,
    "members": 2,
    "market": 2,
    "dashboard": 2,
    "calls": 1,
    "signals": 1,
    "callbacks": 1,
    "search": 1,
}
"""Half of the requests are those of callers, who open the next contact and save a call in turn."""
SEARCHES = ["ann", "smi", "llp", "mar"]
OUTCOMES = ["no_answer"] * 5 + ["voicemail"] * 3 + ["gatekeeper", "not_interested", "future_potential"]


def call_form(page, member):
    """The address and the values of the form that saves a call, with an outcome; None where nobody is ready."""
    found = CallForm()
    found.feed(page)
    if found.action is None:
        return None
    return found.action, found.values | {
        "disposition": random.choice(OUTCOMES),
        "csrfmiddlewaretoken": member["csrf"],
    }


class CallForm(HTMLParser):
    """What a browser would send of the form with the id `call`."""

    def __init__(self):
        super().__init__()
        self.action, self.values, self.is_inside, self.select = None, {}, False, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.is_inside = given.get("id") == "call"
            self.action = given["action"] if self.is_inside else self.action
        elif self.is_inside and tag == "select":
            self.select = given.get("name")
        elif self.is_inside and tag == "option" and self.select and "selected" in given:
            self.values[self.select] = given.get("value", "")
        elif self.is_inside and tag == "input" and is_sent(given):
            self.values[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = None


def is_sent(given):
    if not given.get("name") or "disabled" in given or given.get("type") in ("submit", "file"):
        return False
    return given.get("type") not in ("radio", "checkbox") or "checked" in given
