"""A worker says that it is alive until it stops."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from markets.models import Heartbeat
from markets.operations.health import WORKER
from markets.operations.heartbeats import Heart


@pytest.fixture
def heart(db):
    return Heart(WORKER)


def test_a_heart_beats_from_its_start_to_its_stop(heart):
    heart.start()
    beat = Heartbeat.objects.get()
    assert (beat.process, beat.pid) == (WORKER, heart.pid)

    heart.stop()
    assert not Heartbeat.objects.exists()


def test_the_dead_of_this_machine_and_those_of_yesterday_are_forgotten(heart):
    Heartbeat.objects.create(process=WORKER, machine=heart.machine, pid=2**22 + 1)
    Heartbeat.objects.create(process=WORKER, machine="elsewhere", pid=1, beat_at=now() - timedelta(days=2))
    Heartbeat.objects.create(process=WORKER, machine="elsewhere", pid=2)

    heart.start()
    assert set(Heartbeat.objects.values_list("machine", "pid")) == {("elsewhere", 2), (heart.machine, heart.pid)}
    heart.stop()
    assert Heartbeat.objects.get().pid == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads share one connection to SQLite in memory")
def test_it_goes_on_in_a_thread_of_its_own():
    heart = Heart(WORKER, seconds=0.02)
    heart.start()
    first = Heartbeat.objects.get()
    heart.rows["people"] += 500
    deadline = now() + timedelta(seconds=20)
    while Heartbeat.objects.get().beat_at == first.beat_at and now() < deadline:
        pass
    later = Heartbeat.objects.get()
    heart.stop()

    assert later.beat_at > first.beat_at
    assert later.started_at == first.started_at
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_for_once_leaves_no_beat():
    call_command("import_worker", "--once")

    assert not Heartbeat.objects.exists()
