"""Processes of test_webhooks: workers that deliver, and a receiver that fails, is slow and is killed.

    DRILL_GUARD="delivered first" python -m tests.drills.telling work
    python -m tests.drills.telling receive PORT FILE

Nothing of the portal is imported before a process knows its database.
"""

import json
import os
import random
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DELIVERED_FIRST = "delivered first"
LEASE, WAIT, ATTEMPTS = 2.0, 0.2, 100
FAILS, SLOW, SILENT = 0.08, 0.03, 0.03


class Handler(BaseHTTPRequestHandler):
    """Writes down what it takes before it answers, at once, so that it is kept when the receiver is killed."""

    file = -1

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        chance = random.random()
        if chance < FAILS:
            self.answer(500)
            return
        if chance < FAILS + SLOW:
            time.sleep(0.3)
        os.write(self.file, f"{said['contact']['id']} {said['number']}\n".encode())
        if chance < 1 - SILENT:
            self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass


def receive(port, path):
    Handler.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


def work():
    """Forks an `import_worker` for each line that it gets, with waits that fit into a drill, and prints its id."""
    from datetime import timedelta

    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from calls.management.commands import import_worker
    from markets.webhooks import courier, queue

    courier.POLL_SECONDS = 0.05
    queue.LEASE, queue.RETRY_AFTER = timedelta(seconds=LEASE), [timedelta(seconds=WAIT)] * ATTEMPTS
    if os.environ.get("DRILL_GUARD") == DELIVERED_FIRST:
        queue.claim = delivered_first(queue.claim)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            call_command(import_worker.Command(stdout=sys.stderr))
        print(child, flush=True)


def delivered_first(careful):
    """A queue that believes each delivery to have arrived as soon as it is taken."""
    from markets.webhooks import queue
    from markets.webhooks.sending import Answer

    def claim(webhook, most):
        claimed = careful(webhook, most)
        for each in claimed:
            queue.record(each, Answer(204))
        return claimed

    return claim


def prepare(people, url):
    """A workspace with a webhook; returns it and the ids of so many people."""
    from markets.models import Webhook
    from markets.webhooks.services import set_new_secret
    from tests.factories import ContactFactory, WorkspaceFactory

    workspace = WorkspaceFactory()
    webhook = Webhook(workspace=workspace, url=url, kinds=["call.recorded"])
    set_new_secret(webhook)
    webhook.save()
    return workspace.pk, [ContactFactory(workspace=workspace).pk for _ in range(people)]


def happen(workspace, people, count):
    """Publishes so many events, numbered for each person, in transactions of several, of which some are rolled back.
    Returns the numbers that were committed, by person."""
    from django.db import transaction

    from markets.models import EventKind
    from markets.webhooks.publish import Fact, publish

    chance, told = random.Random("events"), dict.fromkeys(people, 0)
    while (left := count - sum(told.values())) > 0:
        some = [chance.choice(people) for _ in range(min(left, chance.randrange(1, 20)))]
        numbers = told.copy()
        with transaction.atomic():
            facts = []
            for person in some:
                facts.append(Fact({"number": numbers[person]}, contact=person))
                numbers[person] += 1
            publish(workspace, {EventKind.CALL_RECORDED: lambda facts=facts: facts})
            if chance.random() < 0.1:
                transaction.set_rollback(True)
                continue
        told = numbers
    return told


if __name__ == "__main__":
    {"work": work, "receive": receive}[sys.argv[1]](*sys.argv[2:])
