"""Workers that write calls for whoever asks over a socket, and can be killed at any moment.

    python -m tests.drills.serving

One process reads the portal's code and forks a worker for each line that it gets; it answers with the worker's id and
port. A request is a line of JSON and so is its answer, which is sometimes lost. DRILL_GUARD=key leaves out what makes
a repeated request one call, for a control.
"""

import json
import os
import random
import signal
import socket
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID, uuid4

THREADS = 5
LOST = 0.03
"""The share of answers that are not sent though the work was done."""
WITHOUT_KEY = "key"


def answer(request):
    from django.db import connections

    try:
        return HANDLERS[request["kind"]](request)
    except Exception:
        return {"error": traceback.format_exc()}
    finally:
        connections.close_all()


def record_call(request):
    """One call as the call screen makes it, with what was heard on it."""
    from calls.log.validation import NewCall
    from calls.models import Call
    from campaigns.models import Campaign
    from markets.models import Contact
    from signals.capture.services import NewSignal, record_with_signals

    moments = {
        name: datetime.fromisoformat(request[name]) for name in ("started_at", "callback_at") if request.get(name)
    }
    new = NewCall(
        contact=Contact.objects.get(pk=request["contact"]),
        disposition=request["disposition"],
        notes=request["key"],
        request_key=None if os.environ.get("DRILL_GUARD") == WITHOUT_KEY else UUID(request["key"]),
        **moments,
    )
    heard = [NewSignal(type="movement_state", value="Exploring")] if request["hears"] else []
    made = record_with_signals(campaign=Campaign.objects.get(pk=request["campaign"]), new=new, signals=heard)
    assert isinstance(made, Call)
    return {"calls": [[request["key"], made.pk]]}


def report_calls(request):
    """Several calls as a dialer reports them; some of them are known and said otherwise."""
    from calls.ingest.call_log import ingest_calls
    from markets.models import Workspace

    reports = [{"notes": report["call_id"], **report} for report in request["reports"]]
    if os.environ.get("DRILL_GUARD") == WITHOUT_KEY:
        reports = [report | {"call_id": uuid4().hex} for report in reports]
    outcomes = ingest_calls(workspace=Workspace.objects.get(pk=request["workspace"]), reports=reports)
    refused = [each.message for each in outcomes if each.call is None]
    if refused:
        return {"error": refused[0]}
    return {"calls": [[report["notes"], each.call] for report, each in zip(reports, outcomes, strict=True)]}


def void_call(request):
    from calls.log.services import void
    from calls.log.validation import CallRefused
    from calls.models import Call

    try:
        void(call=Call.objects.get(pk=request["call"]), by=None, reason="Drill")
    except CallRefused as refusal:
        if refusal.code != "voided":
            raise
    return {"calls": []}


HANDLERS = {"record": record_call, "report": report_calls, "void": void_call}


def serve(connection, chance):
    with connection, connection.makefile("rw") as stream:
        line = stream.readline()
        if not line:
            return
        response = answer(json.loads(line))
        if "error" in response or chance.random() >= LOST:
            stream.write(json.dumps(response) + "\n")


def work(listener):
    chance = random.Random(os.getpid())
    with ThreadPoolExecutor(THREADS) as threads:
        while True:
            connection, _ = listener.accept()
            threads.submit(serve, connection, chance)


def main():
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from tests import factories  # noqa: F401 - reads all that a worker needs, before it is forked

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            work(listener)
        print(child, listener.getsockname()[1], flush=True)
        listener.close()


if __name__ == "__main__":
    main()
