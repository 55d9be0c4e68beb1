"""Users of the load drill, for Locust: each sends one request a second, whatever it was answered before.

LOAD_USERS names a file with what `sessions.py` printed. Half of the requests are those of callers.
"""

import json
import os
import random
import re
from pathlib import Path
from urllib.parse import urlsplit

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
            if response.status_code not in (200, 302, 409):
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
            response = self.send("POST", "save a call", path, data=values)
            if response.status_code == 302:
                self.member["next"] = urlsplit(response.headers["Location"]).path
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
    found = re.search(r'<form id="call" method="post"[^>]*action="([^"]+)"', page)
    if not found:
        return None
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    values = {
        "disposition": random.choice(OUTCOMES),
        "request_key": key.group(1),
        "csrfmiddlewaretoken": member["csrf"],
    }
    return found.group(1), values
