"""Imports rows, with or without a file, the way every import runs: a job, its chunks, its counts."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from calls.ingest.call_log import CallLog
from campaigns.importing import ContactList
from markets.imports import jobs, runner
from markets.imports.counts import ImportCounts
from markets.imports.files.rejects import Rejection
from markets.imports.perform import columns_of, perform, table_of, writer_for
from markets.models import ImportKind


def new_job(workspace, kind=ImportKind.PEOPLE, **options):
    return jobs.begin(
        workspace=workspace, kind=kind, name="rows.csv", path=None, sha256=uuid4().hex * 2, options=options
    )


def run_import(job, rows, writer, progress=lambda rows: None):
    """The counts of the import, with every rejection."""
    runner.run(job=job, rows=rows, writer=writer, progress=progress)
    job.refresh_from_db()
    counts = ImportCounts(**job.counts)
    counts.rejections = [
        Rejection(each.line, each.code, each.message, each.cells) for each in job.rejections.order_by("line")
    ]
    return counts


def import_people(*, market, rows, columns, chunk=None, source=None, **options):
    job = new_job(market.workspace)
    if source:
        job.preset = source
        job.save(update_fields=["preset"])
    writer = ContactList(job=job, columns=columns, market=market, **options)
    writer.chunk = chunk or writer.chunk
    return run_import(job, rows, writer)


def import_calls(*, campaign, rows, columns, chunk=None, progress=lambda rows: None, **options):
    """`progress` is called after each chunk."""
    job = new_job(campaign.workspace, ImportKind.CALLS)
    writer = CallLog(job=job, campaign=campaign, columns=columns, **options)
    writer.chunk = chunk or writer.chunk
    return run_import(job, rows, writer, progress)


def leased_import(workspace, *lines, kind=ImportKind.PEOPLE, name="rows.csv", **options):
    """A job with a file of these lines, leased to this process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text("\n".join([*lines, ""]))
        return jobs.begin(workspace=workspace, kind=kind, name=name, path=path, sha256=uuid4().hex * 2, options=options)


def finished_import(workspace, *lines, ended=True, **options):
    """A job after the last row of these lines was imported; without `ended` it is still running."""
    job = leased_import(workspace, *lines, **options)
    if ended:
        perform(job=job)
        return job
    rows = enumerate(csv.reader(lines[1:]), start=2)
    runner.run(job=job, rows=rows, writer=writer_for(job, columns_of(job, table_of(job))))
    return job
