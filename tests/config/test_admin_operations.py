"""The operations page says what is wrong and what to do, in a few statements however much there is."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from markets.models import Heartbeat, ImportState, OperatorTask, TaskRun
from markets.operations.health import WORKER
from markets.operations.task_runs import recorded_run
from tests.factories import WorkspaceFactory, calls, import_draft


@pytest.fixture
def page(as_ops, settings):
    settings.WORKER_REQUIRED = True
    caches["computed"].clear()

    def open_page():
        answer = as_ops.get(reverse("admin:operations"))
        assert answer.status_code == 200
        return answer

    return open_page


def line(answer, name):
    return next(each for each in answer.context["overview"].lines if each.name == name)


def test_a_healthy_portal_has_nothing_to_do(page, workspace):
    Heartbeat.objects.create(process=WORKER, machine="here", pid=7)
    for task in OperatorTask:
        with recorded_run(task):
            pass

    answer = page()
    assert answer.context["red"] == []
    assert "Everything works." in answer.content.decode()
    assert "import_worker on here (process 7)" in answer.content.decode()


def test_what_is_red_says_what_to_do(page, db):
    text = page().content.decode()

    assert "No worker runs" in text
    assert "Start the import worker on the server." in text
    assert "Never ran" in text


def test_an_import_without_a_worker_is_listed(page, workspace):
    waiting, running, fresh = (
        import_draft(workspace, "Email", "a@f.example", name=f"{number}.csv", by=None) for number in range(3)
    )
    for job, state, minutes in (
        (waiting, ImportState.WAITING, 9),
        (running, ImportState.RUNNING, 9),
        (fresh, ImportState.WAITING, 1),
    ):
        job.state, job.queued_at = state, now() - timedelta(minutes=minutes)
        job.lease_until = now() - timedelta(minutes=2) if state == ImportState.RUNNING else None
        job.save()

    answer = page()
    assert [job.pk for job in answer.context["overview"].stuck] == [waiting.pk, running.pk]
    assert line(answer, "Imports").found == "2 stuck"
    assert answer.context["overview"].queue == {"Checking": 0, "Waiting": 2, "Running": 1}


def test_a_backup_that_is_late_or_failed_is_red(page, db):
    with recorded_run(OperatorTask.BACKUP):
        pass
    assert line(page(), "Backup").is_ok

    TaskRun.objects.update(ended_at=now() - timedelta(days=2))
    late = line(page(), "Backup")
    assert not late.is_ok
    assert late.found.startswith("Last worked ")

    with recorded_run(OperatorTask.BACKUP) as figures:
        figures["failed"] = 1
    answer = page()
    assert "failed" in line(answer, "Backup").found
    assert "Backup, " in answer.content.decode()


def test_workspaces_by_size(page, campaign, market):
    WorkspaceFactory(name="Empty")
    calls(market, campaign="one", made=4, conversations=2)

    largest, smallest = page().context["overview"].workspaces
    assert (largest.workspace, smallest.workspace.name) == (campaign.workspace, "Empty")
    assert (largest.people, largest.calls) == (campaign.workspace.contacts.count(), 4)
    assert (smallest.people, smallest.calls) == (0, 0)


def test_more_workspaces_take_no_more_statements_and_people_are_counted_once(page, campaign):
    def statements():
        with CaptureQueriesContext(connection) as found:
            page()
        return [each["sql"] for each in found]

    first = statements()
    WorkspaceFactory.create_batch(5)
    again = statements()

    assert len(again) <= len(first)
    assert sum('COUNT("markets_contact"' in sql for sql in first) == 1
    assert sum('COUNT("markets_contact"' in sql for sql in again) == 0


def test_nobody_but_ops_staff_sees_it(client, manager):
    client.force_login(manager)
    assert client.get(reverse("admin:operations")).status_code == 404
