"""Users of the load drill, for Locust: each sends one request a second, whatever it was answered before.

LOAD_USERS names a file with what `sessions.py` printed. Half of the requests are those of callers.
"""

import json
import os
import random
from html.parser import HTMLParser
from pathlib import Path

from locust import FastHttpUser, constant_throughput, task

MEMBERS = json.loads(Path(os.environ["LOAD_USERS"]).read_text())
OUTCOMES = ["no_answer"] * 5 + ["voicemail"] * 3 + ["gatekeeper", "not_interested", "future_potential"]


class Member(FastHttpUser):
    wait_time = constant_throughput(1)
    connection_timeout = network_timeout = 30.0

    def on_start(self):
        self.member = random.choice(MEMBERS)
        self.form = None

    def send(self, method, name, path, **options):
        headers = {"Host": self.member["host"], "X-Forwarded-Proto": "https", "Cookie": self.member["cookie"]}
        if method == "POST":
            headers["Referer"] = f"https://{self.member['host']}/"
        with self.client.request(
            method, path, name=name, headers=headers, allow_redirects=False, catch_response=True, **options
        ) as response:
            # A form that is shown again, with 200, was not saved.
            expected = (302,) if method == "POST" else (200, 302)
            if response.status_code not in expected:
                response.failure(f"{response.status_code}")
            return response

    def open(self, name, **values):
        ids = {key: random.choice(found) for key, found in self.member["ids"].items() if found}
        try:
            path = self.member["paths"][name].format(**ids, **values)
        except KeyError:  # this workspace has no such row
            return
        self.send("GET", name, path)

    @task(20)
    def call_next(self):
        """Opens the next contact, or saves the call to the one that is open."""
        if self.form:
            path, values = self.form
            self.form = None
            self.send("POST", "save a call", path, data=values)
            return
        campaign = random.choice(self.member["ids"]["active"])
        response = self.send("GET", "call screen", self.member["paths"]["next"].format(active=campaign))
        self.form = call_form(response.text or "", self.member)

    @task(4)
    def contact(self):
        self.open("contact")

    @task(3)
    def contacts(self):
        self.open("contacts")

    @task(3)
    def campaign(self):
        self.open("campaign")

    @task(2)
    def members(self):
        self.open("members")

    @task(2)
    def market(self):
        self.open("market")

    @task(2)
    def dashboard(self):
        self.open("dashboard")

    @task(1)
    def calls(self):
        self.open("calls")

    @task(1)
    def signals(self):
        self.open("signals")

    @task(1)
    def callbacks(self):
        self.open("callbacks")

    @task(1)
    def search(self):
        self.open("search", letters=random.choice(["ann", "smi", "llp", "mar"]))


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
