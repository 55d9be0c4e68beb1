"""A disk without space: a sentence, and nothing half-written."""

import os
import subprocess
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from markets.imports.perform import work_once
from markets.models import Contact, ImportJob
from tests.factories import import_draft

MEGABYTE = 1024**2


@pytest.fixture
def small_disk(settings):
    """A file system of one megabyte for uploads."""
    folder = settings.IMPORTS_ROOT
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


def upload(client, size):
    line = b"ann@firm.example,Ann Example" + b"," * 80 + b"\n"
    wide = ",".join(f"Column {n} {'x' * 150}" for n in range(80)).encode()  # several pages of a database
    content = b"Email,Name," + wide + b"\n" + line * (size // len(line))
    return client.post(
        reverse("imports:create", args=["acme"]), {"kind": "people", "file": SimpleUploadedFile("people.csv", content)}
    )


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(as_manager, small_disk):
    page = upload(as_manager, 3 * MEGABYTE)

    assert page.status_code == 200
    assert "The server has no space left for the file." in page.content.decode()
    assert ImportJob.objects.count() == 0
    assert list(small_disk.iterdir()) == []
    assert upload(as_manager, MEGABYTE // 4).status_code == 302  # the control: one that fits


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite can be told how large it may grow")
class TestOnSqlite:
    def test_a_page_says_so(self, transactional_db, workspace, manager):
        client = Client(raise_request_exception=False)
        client.force_login(manager)
        limit_pages(4)
        fill()

        page = upload(client, 1000)
        limit_pages(None)

        assert page.status_code == 503
        assert "The server has no space left" in page.content.decode()
        assert ImportJob.objects.count() == 0
        assert upload(client, 1000).status_code == 302

    def test_an_import_stops_and_goes_on_when_there_is_space(self, transactional_db, workspace, manager, market):
        lines = [f"p{n}@firm.example,Ann {n}" for n in range(3000)]
        job = import_draft(workspace, "Email,Full name", *lines, by=manager)
        ImportJob.objects.filter(pk=job.pk).update(
            state="waiting", options={"map": {"Email": "email", "Full name": "full_name"}, "market": market.pk}
        )
        limit_pages(60)

        with pytest.raises(OperationalError, match="full"):
            work_once(worker="one")

        job.refresh_from_db()
        assert job.state == "running"
        assert "The server has no space left." in job.failure
        assert Contact.objects.count() == job.checkpoint
        limit_pages(None)
        ImportJob.objects.filter(pk=job.pk).update(lease_until=None)
        work_once(worker="two")
        job.refresh_from_db()
        assert (job.state, job.failure, Contact.objects.count()) == ("completed", "", 3000)


def limit_pages(more):
    """SQLite says “database or disk is full” once it has so many more pages."""
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {1_000_000_000 if more is None else pages + more}")


def fill():
    with suppress(OperationalError):
        for n in range(100_000):
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, %s)",
                    [f"k{n}", "x" * 1000, "2030-01-01"],
                )
