"""Imports of rows that no file holds, by the same path as files: a job, its chunks, its tally."""

from uuid import uuid4

from calls.importing import CallLog
from campaigns.importing import PeopleIntoMarket
from markets import jobs
from markets.chunks import Tally
from markets.models import ImportKind
from markets.rejects import Rejection


def new_job(workspace, kind=ImportKind.PEOPLE, **options):
    return jobs.begin(
        workspace=workspace, kind=kind, name="rows.csv", path=None, sha256=uuid4().hex * 2, options=options
    )


def run_to_its_end(job, rows, writer):
    """What became of the rows, with every rejection."""
    jobs.run(job=job, rows=rows, writer=writer)
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


def import_calls(*, campaign, rows, columns, **options):
    job = new_job(campaign.workspace, ImportKind.CALLS)
    return run_to_its_end(job, rows, CallLog(job=job, campaign=campaign, columns=columns, **options))
