"""Uploads that nobody started and rejected rows of old imports are deleted, and their pages say so."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.timezone import now

from markets.imports import jobs
from markets.imports.files import expiry
from markets.imports.files.expiry import expire_drafts, expire_rejections
from markets.models import ImportJob
from markets.models.imports import OTHER_PERSON
from tests.commands import run_command
from tests.factories import ended_import
from tests.signals.contacts.test_erasure_reach import upload


@pytest.fixture
def draft(workspace, manager):
    return upload(workspace, manager)


def make_older(job, days):
    ImportJob.objects.filter(pk=job.pk).update(created_at=now() - timedelta(days=days))


def test_a_draft_expires_with_its_file_and_says_so(as_manager, draft, django_capture_on_commit_callbacks):
    make_older(draft, days=8)
    path = Path(draft.file.path)

    with django_capture_on_commit_callbacks(execute=True):
        assert expire_drafts() == 1

    draft.refresh_from_db()
    assert (draft.state, bool(draft.file), path.exists()) == ("failed", False, False)
    page = as_manager.get(reverse("imports:detail", args=["acme", draft.pk])).content.decode()
    assert "Nobody started this import within 7 days, so its file was deleted. Upload it again to import it." in page


def test_younger_drafts_and_started_imports_stay(draft, workspace, manager, settings):
    make_older(draft, days=6)
    started = upload(workspace, manager)
    jobs.request_start(job=started, by=manager)
    make_older(started, days=8)

    assert expire_drafts() == 0

    settings.DRAFT_DAYS = 5
    assert expire_drafts() == 1


@pytest.mark.django_db(transaction=True)  # the worker closes connections
def test_the_worker_expires_drafts(draft):
    make_older(draft, days=8)

    run_command("import_worker", "--once")

    draft.refresh_from_db()
    assert draft.state == "failed"


def test_rejected_rows_are_emptied_after_ninety_days_and_still_counted(workspace, as_manager, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 1)
    old, young = ended_import(workspace, rejected=2), ended_import(workspace, rejected=1)
    ImportJob.objects.filter(pk=old.pk).update(
        finished_at=now() - timedelta(days=91),
        skipped_lines=[{"line": 1, "text": "Zelda"}],
        dry_run_report={"do_not_call_people": ["Zelda"]},
    )
    for job in (old, young):
        job.rejections.create(
            workspace=workspace, line=2, code="email", message="“zelda” is no address", cells=["zelda"]
        )
        job.notes.create(workspace=workspace, line=2, kind="left_out", field="city", file_value="Zeldatown")
    old.rejections.create(workspace=workspace, line=3, code=OTHER_PERSON, message="Zelda", cells=["zelda"])

    assert expire_rejections() == 2
    assert expire_rejections() == 0

    old.refresh_from_db()
    assert (old.rejected, old.skipped_lines, old.dry_run_report) == (2, [], None)
    assert list(old.rejections.values_list("code", "cells")) == [("email", []), ("expired", [])]
    assert old.notes.get().file_value == ""
    assert young.rejections.get().cells == ["zelda"]
    page = as_manager.get(reverse("imports:detail", args=["acme", old.pk])).content.decode()
    assert "Deleted 90 days after the import." in page
    rejects = as_manager.get(reverse("imports:rejects", args=["acme", old.pk])).getvalue().decode()
    assert "Deleted 90 days after the import." in rejects


def test_rejected_rows_can_be_kept_for_good(workspace, settings):
    settings.REJECT_DAYS = 0
    old = ended_import(workspace, rejected=1)
    ImportJob.objects.filter(pk=old.pk).update(finished_at=now() - timedelta(days=9000))
    old.rejections.create(workspace=workspace, line=2, code="email", message="No", cells=["zelda"])

    assert expire_rejections() == 0
