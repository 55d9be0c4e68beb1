"""What processes that were killed left behind."""

import os
import socket
import time
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from markets.imports import jobs
from markets.imports.files import cleanup
from markets.models import ImportJob
from markets.models.imports import private_storage
from tests.factories import import_draft
from tests.importing import leased_import
from tests.markets.imports.test_jobs import dead_process


def leased_to(workspace, owner):
    job = leased_import(workspace, "email", "a@f.example")
    ImportJob.objects.filter(pk=job.pk).update(lease_owner=owner)
    return job


def test_leases_of_the_dead_and_of_the_worker_itself_end_and_no_others(workspace):
    here = socket.gethostname()[:60]
    me, alive = f"{here}:{os.getpid()}:me", f"{here}:{os.getpid()}:else"
    freed = [leased_to(workspace, owner) for owner in (me, f"{here}:{dead_process()}:x")]
    for owner in (alive, "elsewhere:1:x", f"{here}x:1:x"):
        leased_to(workspace, owner)

    cleanup.release_dead_leases(worker=me)

    assert [jobs.claim(worker=me) for _ in range(3)] == [*freed, None]


def old(name):
    path = Path(settings.IMPORTS_ROOT) / name
    os.utime(path, (time.time() - 7200,) * 2)
    return path


def test_files_that_nobody_needs_go_and_those_of_drafts_and_new_ones_stay(
    workspace, django_capture_on_commit_callbacks
):
    storage = private_storage()
    draft, ended = (import_draft(workspace, "email", "a@f.example") for _ in range(2))
    ImportJob.objects.filter(pk=ended.pk).update(state="completed")
    needed, forgotten = old(draft.file.name), old(ended.file.name)
    stray = old(storage.save("stray", ContentFile(b"email")))
    new = Path(storage.path(storage.save("new", ContentFile(b"email"))))

    with django_capture_on_commit_callbacks(execute=True):
        cleanup.delete_unneeded_files()

    assert [path.exists() for path in (needed, new, forgotten, stray)] == [True, True, False, False]
    assert ImportJob.objects.get(pk=ended.pk).file == ""


def test_no_folder_is_no_file(settings, tmp_path, db):
    settings.IMPORTS_ROOT = tmp_path / "none"

    cleanup.delete_unneeded_files()

    assert not settings.IMPORTS_ROOT.exists()
