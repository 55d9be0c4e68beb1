"""Users of the load drill, for Locust: each sends one request a second, whatever it was answered before.

LOAD_USERS names a file with what `sessions.py` printed.
"""

import json
import os
import random
from pathlib import Path

from locust import FastHttpUser, constant_throughput, task

from tests.drills.load.requests import SEARCHES, WEIGHTS, call_form

MEMBERS = json.loads(Path(os.environ["LOAD_USERS"]).read_text())


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

    @task(WEIGHTS["call"])
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

    @task(WEIGHTS["contact"])
    def contact(self):
        self.open("contact")

    @task(WEIGHTS["contacts"])
    def contacts(self):
        self.open("contacts")

    @task(WEIGHTS["campaign"])
    def campaign(self):
        self.open("campaign")

    @task(WEIGHTS["members"])
    def members(self):
        self.open("members")

    @task(WEIGHTS["market"])
    def market(self):
        self.open("market")

    @task(WEIGHTS["dashboard"])
    def dashboard(self):
        self.open("dashboard")

    @task(WEIGHTS["calls"])
    def calls(self):
        self.open("calls")

    @task(WEIGHTS["signals"])
    def signals(self):
        self.open("signals")

    @task(WEIGHTS["callbacks"])
    def callbacks(self):
        self.open("callbacks")

    @task(WEIGHTS["search"])
    def search(self):
        self.open("search", letters=random.choice(SEARCHES))
