import pytest

from markets.models import OperatorTask, TaskRun
from markets.operations.task_runs import recorded_run


def test_a_run_that_works_is_recorded_with_its_figures(db):
    with recorded_run(OperatorTask.BACKUP) as figures:
        figures["bytes"] = 12

    run = TaskRun.objects.get()
    assert (run.task, run.failure, run.figures) == ("backup", "", {"bytes": 12})
    assert run.started_at <= run.ended_at


def test_a_run_that_fails_is_recorded_without_the_text_of_its_error(db):
    with pytest.raises(OSError, match="Ann"), recorded_run(OperatorTask.RETENTION):
        raise OSError("Ann Smith's file is gone")

    assert TaskRun.objects.get().failure == "OSError"
