"""Fills the queue of imports at once, within a portal's own process: see test_workers.py."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from markets.imports import jobs
from markets.imports.files.uploads import receive
from markets.models import Market, Workspace

ROWS = 60
JOBS = {"busy": 31, "calm": 3, "quiet": 3, "still": 3}
"""By workspace, how many files were sent."""


@transaction.atomic
def queue_jobs():
    """The files of the first workspace come first. The workers see all of them at once."""
    for slug, count in JOBS.items():
        workspace = Workspace.objects.create(slug=slug, name=slug)
        market = Market.objects.create(workspace=workspace, practice_area="M&A", geography="New York")
        for number in range(count):
            rows = [f"{slug}-{number}-{row}@f.example" for row in range(ROWS)]
            uploaded = SimpleUploadedFile(f"{slug}-{number}.csv", "\n".join(["Email", *rows, ""]).encode())
            job = receive(workspace=workspace, kind="people", uploaded=uploaded, by=None)
            job.options = {"map": {"Email": "email"}, "market": market.pk}
            job.save()
            jobs.request_start(job=job, by=None)
