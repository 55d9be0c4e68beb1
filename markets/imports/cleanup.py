"""What processes that were killed leave behind: leases, and files that they did not come to delete."""

import socket
from datetime import timedelta

from django.utils.timezone import now

from markets.imports.jobs import delete_file, free_if_dead, release
from markets.models import ImportJob
from markets.models.imports import ENDED, WORKER_STATES, private_storage

STRAY = timedelta(hours=1)
"""After this a file that no import names is none that is just being sent."""


def release_dead_leases(*, worker: str) -> None:
    """Ends the leases of this machine's dead processes, and those that the worker, who looks for work, still has."""
    leased = ImportJob.objects.filter(state__in=WORKER_STATES, lease_until__gt=now())
    for job in leased.filter(lease_owner__startswith=f"{socket.gethostname()[:60]}:"):
        if job.lease_owner == worker:
            release(job=job)
        else:
            free_if_dead(job)


def delete_unneeded_files() -> None:
    """Deletes the files of imports that ended, and those that no import names."""
    for job in ImportJob.objects.filter(state__in=ENDED).exclude(file=""):
        delete_file(job)
    storage = private_storage()
    if not storage.exists(""):
        return
    needed = set(ImportJob.objects.exclude(file="").values_list("file", flat=True))
    for name in set(storage.listdir("")[1]) - needed:
        if storage.get_modified_time(name) < now() - STRAY:
            storage.delete(name)
