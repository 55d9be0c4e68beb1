"""The two ways on which a file comes in, the command's and the browser's, and what became of it on each."""

import csv
import io
import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from greenlet import greenlet

from markets.imports.perform import work_once
from markets.models import ImportJob, Market, Workspace
from tests.factories import (
    ContactFactory,
    MarketFactory,
    MembershipFactory,
    WorkspaceFactory,
    active_campaign,
    member,
)
from tests.hostile.files import HostileFile

COUNTED = ("rows", "created", "updated", "unchanged", "rejected")
BOUNDARY = "hostile"
MARKET = "M&A -- New York"
COMMANDS = {
    "people": ["import_contacts", "--market", MARKET],
    "calls": ["import_calls", "--campaign", "Spring"],
    "suppressions": ["import_suppressions"],
}


@dataclass
class Outcome:
    """What became of a file on one way."""

    refused: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    foreseen: dict[str, int] = field(default_factory=dict)
    """The counts of the dry run."""
    rejects: bytes = b""
    answers: list[tuple[int, str]] = field(default_factory=list)
    """Status and text of every answer of the browser's way."""
    seconds: float = 0
    megabytes: float = 0

    @property
    def rejected(self) -> list[list[str]]:
        """The file of refused rows, its header first."""
        usual = csv.field_size_limit(2**20)
        try:
            return list(csv.reader(io.StringIO(self.rejects.decode("utf-8-sig"), newline=""), strict=True))
        finally:
            csv.field_size_limit(usual)

    @property
    def codes(self) -> dict[int, str]:
        """Why each row was refused, by the line that it begins in."""
        return {int(line): code for *_, line, code, _ in self.rejected[1:]}


def firm(slug: str, kind: str) -> Market:
    """A client with two people whom lists can name, and for calls a campaign that they are in."""
    market = MarketFactory(workspace=WorkspaceFactory(name=slug, slug=slug), practice_area="M&A", geography="New York")
    campaign = active_campaign(market=market, name="Spring") if kind == "calls" else None
    for number in (1, 2):
        person = {"external_id": f"lead-{number}", "email": f"lead-{number}@lead.example", "phone": ""}
        if campaign:
            member(campaign, **person)
        else:
            ContactFactory(workspace=market.workspace, **person)
    return market


def by_command(file: HostileFile, content: bytes, workspace: Workspace, folder: Path) -> Outcome:
    outcome = Outcome()
    path, rejects = folder / on_disk(file.file_name), folder / "rejects.csv"
    path.write_bytes(content)
    rejects.unlink(missing_ok=True)
    name, *target = COMMANDS[file.kind]
    words = [name, path, "--workspace", workspace.slug, *target, "--format", "json", "--rejects", rejects]
    with measured(outcome):
        outcome.refused, outcome.foreseen = run(*words, "--dry-run")
        if not outcome.refused:
            rejects.unlink(missing_ok=True)
            outcome.refused, outcome.counts = run(*words)
    outcome.rejects = rejects.read_bytes() if rejects.exists() else b""
    return outcome


def run(*words: object) -> tuple[str, dict[str, int]]:
    """Why the command refused the file, or else what it counted."""
    out = io.StringIO()
    try:
        call_command(*map(str, words), stdout=out, stderr=io.StringIO())
    except CommandError as error:
        if not out.getvalue().endswith("}\n"):
            return str(error), {}
    counts = json.loads(out.getvalue().splitlines()[-1])
    return "", {name: counts[name] for name in COUNTED}


def by_browser(file: HostileFile, content: bytes, market: Market, client) -> Outcome:
    outcome = Outcome()
    with measured(outcome):
        Visit(client, market, outcome).send_in(file, content)
    return outcome


@dataclass
class Visit:
    """A manager who sends a file in, takes what the form suggests, looks at the dry run and starts the import."""

    client: object
    market: Market
    outcome: Outcome

    def send_in(self, file: HostileFile, content: bytes) -> None:
        answer = self.ask("create", post=multipart(file, content))
        if answer.status_code != 302:
            self.outcome.refused = sentence_of(answer)
            return
        job = ImportJob.objects.latest("pk")
        form = self.ask("map", job.pk).context["form"]
        chosen = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
        campaign = self.market.campaigns.first()
        into = {"market": self.market.pk, "campaign": campaign.pk if campaign else ""}
        answer = self.ask("map", job.pk, post=chosen | into)
        if answer.status_code != 302:
            self.outcome.refused = sentence_of(answer)
            return
        job = self.worked_on(job)
        self.outcome.foreseen = {name: (job.dry_run_report or {}).get(name) for name in COUNTED}
        self.ask("start", job.pk, post={})
        job = self.worked_on(job)
        self.outcome.refused = job.failure
        self.outcome.counts = {name: job.counts[name] for name in COUNTED}
        self.outcome.rejects = self.ask("rejects", job.pk).getvalue()
        self.ask("list")

    def worked_on(self, job: ImportJob) -> ImportJob:
        while work_once(worker="here:1:x"):
            pass
        self.ask("detail", job.pk)
        job.refresh_from_db()
        return job

    def ask(self, name: str, *ids: int, post=None):
        url = reverse(f"imports:{name}", args=[self.market.workspace.slug, *ids])
        if post is None:
            answer = self.client.get(url)
        elif isinstance(post, bytes):
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            answer = self.client.generic("POST", url, post, content_type=kind)
        else:
            answer = self.client.post(url, post)
        is_page = answer["Content-Type"].startswith("text/html")
        self.outcome.answers.append((answer.status_code, answer.content.decode() if is_page else ""))
        return answer


def manager_of(market: Market):
    return MembershipFactory(workspace=market.workspace, role="manager").user


def multipart(file: HostileFile, content: bytes) -> bytes:
    """A request's body, with the file's name as it is, as no browser would send it."""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
    name = file.file_name.encode("utf-8", "surrogatepass")
    kind, upload = part.format("kind", "").encode(), part.format("file", '; filename="\0"').encode()
    upload = upload.replace(b"\0", name)
    return kind + file.kind.encode() + b"\r\n" + upload + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def sentence_of(answer) -> str:
    """What a page says is wrong with what was sent."""
    form = answer.context["form"]
    return " ".join(str(error) for errors in form.errors.values() for error in errors) or answer.content.decode()


def on_disk(name: str) -> str:
    """The name under which a disk stores a file that a client sent under this name."""
    kept = re.sub(r"[\0/]", "", name)
    return kept if kept.strip(" .") and len(kept.encode()) < 200 else "people.csv"


def on_stack_of_its_own(action, *args):
    """The result of an action, as deep in the stack whatever runs the test.

    Python's stack grows by a chunk of memory where a call does not fit, and gives it back on return. Where the call of
    each row happens to be the one, a million of them take 8 s instead of 1.5.
    """
    running = greenlet(action)
    running.gr_context = copy_context()
    return running.switch(*args)


@contextmanager
def measured(outcome: Outcome) -> Iterator[None]:
    """Notes how long the processor worked on it, whatever else the machine does, and how much memory more was held at
    its worst."""
    before, began = held(), process_time()
    yield
    outcome.seconds = process_time() - began
    outcome.megabytes = (most_held() - before) / 1024


def held() -> int:
    """The kB that this process holds; from here on the most of them is counted anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return from_system("VmRSS")


def most_held() -> int:
    return from_system("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def from_system(name: str) -> int:
    status = Path("/proc/self/status")
    found = re.search(rf"{name}:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else 0
