"""Runs of the operator's tasks, so that the ops page can say when each last worked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.timezone import now

from markets.models import OperatorTask, TaskRun


@contextmanager
def recorded_run(task: OperatorTask, *, is_recorded: bool = True) -> Iterator[dict[str, object]]:
    """Records the run of the block with the figures that it puts into the dictionary, also if it fails. A run with a
    figure `failed` above 0 counts as failed.

    Only the class of an unexpected error is kept, because its text may have personal data.
    """
    started_at, figures = now(), dict[str, object]()
    if not is_recorded:
        yield figures
        return
    try:
        yield figures
    except BaseException as error:
        TaskRun.objects.create(task=task, started_at=started_at, failure=type(error).__name__, figures=figures)
        raise
    failure = f"{figures['failed']} failed" if figures.get("failed") else ""
    TaskRun.objects.create(task=task, started_at=started_at, failure=failure, figures=figures)
