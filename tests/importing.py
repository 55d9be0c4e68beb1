"""Imports of rows that no file holds, and of files, by the path of all: a job, its chunks, its tally."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from calls.ingest.call_log import CallLog
from campaigns.importing import PeopleIntoMarket
from markets.imports import jobs, runner
from markets.imports.counts import Tally
from markets.imports.perform import columns_of, perform, table_of, writer_for
from markets.imports.rejects import Rejection
from markets.models import ImportKind


def new_job(workspace, kind=ImportKind.PEOPLE, **options):
    return jobs.begin(
        workspace=workspace, kind=kind, name="rows.csv", path=None, sha256=uuid4().hex * 2, options=options
    )


def run_to_its_end(job, rows, writer, progress=lambda rows: None):
    """What became of the rows, with every rejection."""
    runner.run(job=job, rows=rows, writer=writer, progress=progress)
    job.refresh_from_db()
    tally = Tally(**job.counts)
    tally.rejections = [
        Rejection(each.line, each.code, each.message, each.cells) for each in job.rejections.order_by("line")
    ]
    return tally


def import_people(*, market, rows, columns, chunk=None, **options):
    job = new_job(market.workspace)
    writer = PeopleIntoMarket(job=job, columns=columns, market=market, **options)
    writer.chunk = chunk or writer.chunk
    return run_to_its_end(job, rows, writer)


def import_calls(*, campaign, rows, columns, chunk=None, progress=lambda rows: None, **options):
    """`progress` is called after each chunk."""
    job = new_job(campaign.workspace, ImportKind.CALLS)
    writer = CallLog(job=job, campaign=campaign, columns=columns, **options)
    writer.chunk = chunk or writer.chunk
    return run_to_its_end(job, rows, writer, progress)


def leased_import(workspace, *lines, kind=ImportKind.PEOPLE, name="rows.csv", **options):
    """A job with a file of these lines, which this process is to work on."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text("\n".join([*lines, ""]))
        return jobs.begin(workspace=workspace, kind=kind, name=name, path=path, sha256=uuid4().hex * 2, options=options)


def finished_import(workspace, *lines, ended=True, **options):
    """An import of these lines after its last row; without `ended` nobody said yet that it was that."""
    job = leased_import(workspace, *lines, **options)
    if ended:
        perform(job=job)
        return job
    rows = enumerate(csv.reader(lines[1:]), start=2)
    runner.run(job=job, rows=rows, writer=writer_for(job, columns_of(job, table_of(job))))
    return job
