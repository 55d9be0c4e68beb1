"""After an erasure a search of a whole dump, of all files and of all sessions finds nothing of the person.

Each step of the erasure is switched off once: then the search has to find something.
"""

import json
import pickle
import re

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from calls import derived
from calls.models import Call
from markets.imports import jobs
from markets.imports.files import uploads
from markets.models import Contact, ImportJob
from markets.workspaces.audit import record_event
from signals.contacts import erasure
from signals.contacts.erasure import STEPS, erase
from tests.factories import ContactFactory, active_campaign, call, member_of
from tests.signals.contacts.erasure_data import PERSON
from tests.signals.contacts.test_erasure import add_one_row_of_each_kind, stored_counts
from tests.signals.contacts.test_erasure_campaign_life import write_everywhere

WORDS = (
    *("zelda", "quarrin", "zq-4711", "zeldie", "old-quarry", "elmwood crescent"),
    *("12125557391", "2125557391", "5557391", "555-7391", "555 7391", "555.7391", "9982210", "998-2210"),
)
"""Names, also in part, the firm and the city named after her, her address, and her numbers in every spelling."""
FILE = "Name,Email,Phone\nZelda Quarrington,zelda@quarrington.example,212.555.7391\nBob Stone,bob@stone.example,\n"


def dump():
    """Every row of every table, as pg_dump and sqlite3 .dump write them."""
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    with connection.cursor() as cursor:
        copies = []
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f"COPY (SELECT * FROM {connection.ops.quote_name(table)}) TO STDOUT") as copy:  # noqa: S608
                copies.append(b"".join(bytes(part) for part in copy).decode())
    return "\n".join(copies)


def everything_stored():
    yield "database", dump()
    for path in settings.IMPORTS_ROOT.rglob("*"):
        if path.is_file():
            yield "files", path.read_bytes().decode(errors="replace")
    if settings.ERASURE_LEDGER.exists():
        yield "ledger", settings.ERASURE_LEDGER.read_text()
    for session in Session.objects.all():
        yield "sessions", json.dumps(session.get_decoded())
    for value in caches["computed"]._cache.values():
        yield "cache", pickle.loads(value).__repr__() if isinstance(value, bytes) else str(value)  # noqa: S301


def found():
    return {
        (place, word) for place, text in everything_stored() for word in WORDS if re.search(re.escape(word), text, re.I)
    }


def places():
    return {place for place, _ in found()}


def upload(workspace, by, text=FILE):
    job = uploads.receive(
        workspace=workspace, kind="people", uploaded=SimpleUploadedFile("list.csv", text.encode()), by=by
    )
    uploads.preview(job)
    return job


@pytest.fixture(autouse=True)
def _clean_places():
    """Other tests may have left files and cached values."""
    caches["computed"].clear()
    for path in settings.IMPORTS_ROOT.glob("*"):
        if path.is_file():
            path.unlink()


@pytest.fixture
def everywhere(campaign, zelda, manager, ops):
    """Zelda in all that the portal stores: about her, about others, in files, in sessions and in the cache."""
    workspace = campaign.workspace
    Contact.objects.filter(pk=zelda.pk).update(custom={"address": "42 Elmwood Crescent"})
    zelda.refresh_from_db()
    reported = active_campaign(market=campaign.market)
    member_of(reported, zelda)
    write_everywhere(reported, zelda, manager)
    upload(workspace, manager)
    add_one_row_of_each_kind(campaign, zelda, ops)
    Contact.objects.filter(pk=zelda.pk).update(custom={"address": "42 Elmwood Crescent"})
    zelda.refresh_from_db()
    bob = ContactFactory(workspace=workspace, full_name="Bob Stone", custom={"knows": "Zelda Quarrington"})
    member_of(campaign, bob)
    call(campaign, bob, notes="Ms. Quarrington of 42 Elmwood Crescent is on 212-555-7391 or zelda@quarrington.example")
    Call.objects.filter(contact=zelda).update(dialer_call_id="")
    Call.objects.filter(pk=Call.objects.filter(contact=zelda).first().pk).update(dialer_call_id="1700000-12125557391")
    workspace.notes.create(contact=zelda, text="Zelda prefers mornings", written_by=manager)
    campaign.brief = "Begin with Zelda Quarrington"
    campaign.save()
    session = SessionStore()
    session["_messages"] = '[["__json_message",0,25,"Recorded: No Answer, Zelda Quarrington."]]'
    session["_auth_user_id"] = str(manager.pk)
    session.save()
    LogEntry.objects.create(
        user=ops,
        content_type=ContentType.objects.get_for_model(Contact),
        object_id=str(zelda.pk),
        object_repr="Zelda Quarrington",
        action_flag=CHANGE,
        change_message="Gave Zelda Quarrington another number",
    )
    record_event(
        workspace=workspace,
        user=manager,
        action="list_exported",
        summary="Exported 4 people as CSV",
        details={"rows": 4},
    )
    return workspace


@pytest.fixture
def erased(everywhere, zelda, ops, django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True):
            erase(contact=zelda, by=ops, reason="Request 204")
        assert zelda.erasures.exists()

    return run


@pytest.mark.promise("P12")
def test_a_search_of_dump_files_sessions_and_cache_finds_nothing(everywhere, campaign, zelda, erased, figure):
    before, numbers = found(), stored_counts(everywhere)
    assert places() == {"database", "files", "sessions", "cache"}

    erased()

    assert found() == set()
    assert stored_counts(everywhere) == numbers
    assert derived.check(everywhere) == []
    assert everywhere.audit_events.filter(action="list_exported").exists()
    assert Session.objects.get().get_decoded()["_auth_user_id"]
    figure(
        f"0 of {len(WORDS)} spellings of an erased person in dump, files, sessions and cache; 0 numbers changed",
        control=f"{len({word for _, word in before})} before; some without any one of {len(STEPS) + 1} steps",
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_without_any_one_step_something_of_the_person_is_left(monkeypatch, erased, step):
    monkeypatch.setattr(erasure, "STEPS", tuple(each for each in STEPS if each is not step))

    erased()

    assert found()


def test_without_ending_imports_the_file_and_its_preview_are_left(monkeypatch, erased):
    monkeypatch.setattr(erasure, "end_imports_with", lambda identity: None)

    erased()

    assert places() == {"files", "cache"}


def test_a_draft_whose_file_names_the_person_ends_and_says_why(everywhere, as_manager, erased):
    job = ImportJob.objects.get(file_name="list.csv", kind="people", state="draft")

    erased()

    job.refresh_from_db()
    assert (job.state, bool(job.file)) == ("failed", False)
    page = as_manager.get(reverse("imports:detail", args=["acme", job.pk])).content.decode()
    assert "The file names somebody whose data was erased, so it was deleted." in page


def test_a_draft_that_does_not_name_the_person_stays(campaign, zelda, manager):
    shared = ContactFactory(workspace=campaign.workspace, full_name="Bea Hart", phone=PERSON["phone"])
    job = upload(campaign.workspace, manager, f"Name,Email,Phone\nIda Hart,ida@hart.example,{shared.phone}\n")

    erase(contact=zelda, by=None, reason="Request 204")

    job.refresh_from_db()
    assert job.state == "draft"


@pytest.mark.parametrize("is_running", [False, True])
def test_a_started_import_stops_and_keeps_what_it_wrote(campaign, zelda, manager, is_running):
    job = upload(campaign.workspace, manager)
    jobs.request_start(job=job, by=manager)
    if is_running:
        running = jobs.claim(worker="here:1:x", job=job)
        ImportJob.objects.filter(pk=job.pk).update(checkpoint=1, created=1)

    erase(contact=zelda, by=None, reason="Request 204")

    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("failed", int(is_running))
    assert ("The 1 rows before that are in." in job.failure) == is_running
    if is_running:
        with pytest.raises(jobs.LeaseLost):
            jobs.complete(job=running)


@pytest.mark.parametrize(
    "text",
    [
        "Surname,Firm,First\nQUARRINGTON,Vale,Zelda\n",
        "Contact: Zelda Quarrington\n\nName,Email\nBob Stone,bob@stone.example\n",
        "Name;Phone\nX;+1 212 555 7391\n",
        "Name,Profile\nX,https://people.example/quarrington\n",
    ],
)
def test_a_file_names_the_person_by_any_key_in_any_line(campaign, zelda, manager, text):
    Contact.objects.filter(pk=zelda.pk).update(profile_key="people.example/quarrington")
    job = upload(campaign.workspace, manager, text)

    erase(contact=zelda, by=None, reason="Request 204")

    job.refresh_from_db()
    assert job.state == "failed"


def test_a_surname_that_others_have_stays_in_texts_about_them(campaign, zelda):
    ContactFactory(workspace=campaign.workspace, full_name="Tom Quarrington")
    campaign.brief = "Ask Mr Quarrington. Zelda Quarrington left."
    campaign.save()

    erase(contact=zelda, by=None, reason="Request 204")

    campaign.refresh_from_db()
    assert campaign.brief == f"Ask Mr Quarrington. Erased person {zelda.pk} left."
