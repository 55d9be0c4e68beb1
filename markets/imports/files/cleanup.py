"""Removes what killed processes leave behind: leases and files."""

import socket
from datetime import timedelta

from django.utils.timezone import now

from markets.imports.jobs import delete_file, free_if_dead, release
from markets.models import ImportJob
from markets.models.imports import ENDED, WORKER_STATES, private_storage

UPLOAD_GRACE = timedelta(hours=1)
"""A younger file without an import may belong to an upload in progress."""


def release_dead_leases(*, worker: str) -> None:
    """Ends the leases of dead processes on this machine, and those the worker itself still has from before."""
    leased = ImportJob.objects.filter(state__in=WORKER_STATES, lease_until__gt=now())
    for job in leased.filter(lease_owner__startswith=f"{socket.gethostname()[:60]}:"):
        if job.lease_owner == worker:
            release(job=job)
        else:
            free_if_dead(job)


def delete_unneeded_files() -> None:
    """Deletes the files of ended imports and files that belong to no import."""
    for job in ImportJob.objects.filter(state__in=ENDED).exclude(file=""):
        delete_file(job)
    storage = private_storage()
    if not storage.exists(""):
        return
    needed = set(ImportJob.objects.exclude(file="").values_list("file", flat=True))
    for name in set(storage.listdir("")[1]) - needed:
        if storage.get_modified_time(name) < now() - UPLOAD_GRACE:
            storage.delete(name)
