"""Dialers that report the same calls again, by command and by API, and a manager who corrects a call in the browser."""

import csv
from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import localtime, now

from calls.models import Call
from tests.commands import last_line, run_command

HEADER = ("Call ID", "Contact", "Start time", "Duration", "Result", "Notes")
STARTED_AT = (now() - timedelta(days=1)).replace(second=0, microsecond=0)
FIELDS = ("call_id", "contact", "started_at", "talk_seconds", "disposition", "notes")


def row(call_id="c1", result="No answer", *, contact="A", talk="45", notes=""):
    return [call_id, contact, STARTED_AT.isoformat(), talk, result, notes]


class Files:
    """Sends rows as the files of a dialer."""

    def __init__(self, campaign, folder, header=HEADER):
        self.campaign, self.folder, self.header = campaign, folder, header

    def __call__(self, *rows, historical=False, **more):
        """The counts of the import. `more` are further columns, alike in all rows."""
        path = self.folder / "log.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*self.header, *more])
            writer.writerows([*cells, *more.values()] for cells in rows)
        words = ["--workspace", "acme", "--campaign", self.campaign.name, "--format", "json"]
        words += ["--historical"] * historical
        self.output = run_command("import_calls", path, *words)
        return last_line(self.output)

    @property
    def notes(self):
        notes = self.campaign.workspace.imports.order_by("pk").last().notes
        return [(note.kind, note.field, note.file_value, note.stored_value, note.call_id) for note in notes.all()]


class Api:
    """Sends rows as calls to the API."""

    def __init__(self, campaign, send):
        self.campaign, self.send = campaign, send

    def __call__(self, *rows, **more):
        calls = [dict(zip(FIELDS, cells, strict=True)) | more for cells in rows]
        answer = self.send(*calls, campaign=self.campaign.name)
        self.calls = answer.json()["calls"]
        counts = {name: count for name, count in answer.json().items() if name != "calls"}
        return counts | {"disagreements": sum(each["code"] == "disagreement" for each in self.calls)}


def correct(client, call_id="c1", **changed):
    """What a user's correction of that call in the browser leads to."""
    call = Call.objects.get(dialer_call_id=call_id)
    url = reverse("calls:correct", args=["acme", call.pk])
    hidden = {field.html_name: field.value() for field in client.get(url).context["form"].hidden_fields()}
    shown = localtime(call.started_at, call.workspace.zone)
    values = {
        "disposition": call.disposition,
        "started_at": f"{shown:%Y-%m-%dT%H:%M}",
        "talk_seconds": "" if call.talk_seconds is None else call.talk_seconds,
        "direction": call.direction,
        "notes": call.notes,
        "reason": "Misheard",
    }
    return client.post(url, {**hidden, **values, **changed})
