"""The shared cache counts exactly, whoever counts at once, and forgets only what has expired."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain

import pytest
import time_machine
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from django.db import connection, connections

from config.db import shared_cache
from config.db.shared_cache import SharedCache
from markets.models import CachedValue
from markets.workspaces.throttles import count, throttle
from tests.source_code import ROOT

CLIENTS, EACH = 6, 15


def at_once(task):
    """What the task returns to several threads that start together, each with a connection of its own."""
    start = threading.Barrier(CLIENTS)

    def run(client):
        try:
            start.wait()
            return task(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as threads:
        return list(threads.map(run, range(CLIENTS)))


@pytest.fixture
def redis_server(tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.django_db
class TestOneProcess:
    def test_it_is_what_the_portal_uses(self):
        assert isinstance(caches["default"], SharedCache)
        assert CachedValue._meta.db_table == caches["default"].table.strip('"')

    def test_a_value_is_kept_until_it_expires(self):
        with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
            cache.set("key", {"any": "value"}, timeout=60)
            assert cache.get("key") == {"any": "value"}
        with time_machine.travel("2026-03-02T09:01:01Z", tick=False):
            assert cache.get("key") is None

    def test_only_an_expired_value_can_be_added_again(self):
        with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
            assert cache.add("key", 1, timeout=60)
            assert not cache.add("key", 2, timeout=60)
            assert cache.get("key") == 1
        with time_machine.travel("2026-03-02T09:01:01Z", tick=False):
            assert cache.add("key", 3, timeout=60)
            assert cache.get("key") == 3

    def test_counting_goes_both_ways_and_needs_a_value(self):
        cache.set("key", 5)

        assert [cache.incr("key"), cache.incr("key", 10), cache.decr("key", 3)] == [6, 16, 13]
        with pytest.raises(ValueError, match="not found"):
            cache.incr("other")

    def test_expired_rows_go_and_others_stay_however_many_there_are(self, monkeypatch):
        monkeypatch.setattr(shared_cache, "writes", iter(range(1, 10**6)))
        params = {"OPTIONS": {"CULL_EVERY": 10, "MAX_ENTRIES": 3}}
        small = SharedCache("markets_cachedvalue", params)
        with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
            for number in range(15):
                small.set(f"old{number}", number, timeout=60)
        with time_machine.travel("2026-03-02T09:05:00Z", tick=False):
            for number in range(15):
                small.set(f"new{number}", number, timeout=60)

            assert [small.get(f"new{number}") for number in range(15)] == list(range(15))
        assert CachedValue.objects.count() == 15

    def test_django_s_own_would_forget_what_has_not_expired(self):
        """The control."""
        small = DatabaseCache("markets_cachedvalue", {"OPTIONS": {"MAX_ENTRIES": 3}})
        for number in range(15):
            small.set(f"new{number}", number, timeout=60)

        assert None in [small.get(f"new{number}") for number in range(15)]

    def test_a_window_ends_and_the_next_one_begins_anew(self):
        with time_machine.travel("2026-03-02T09:00:20Z", tick=False):
            assert [throttle("key", most=2) for _ in range(3)] == [0, 0, 40]
            assert count("key", seconds=60, by=0) == 3
        with time_machine.travel("2026-03-02T09:01:00Z", tick=False):
            assert throttle("key", most=2) == 0

    def test_what_was_counted_can_be_given_back(self):
        count("key", seconds=3600, by=2)

        assert count("key", seconds=3600, by=-1) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
class TestSeveralAtOnce:
    def test_nothing_is_counted_twice_or_not_at_all(self):
        counted = at_once(lambda client: [count("key", seconds=10**6) for _ in range(EACH)])

        assert sorted(chain.from_iterable(counted)) == list(range(1, CLIENTS * EACH + 1))

    def test_of_those_who_add_an_expired_key_one_succeeds(self):
        for key in range(5):
            cache.set(key, 0, timeout=-10)

            added = at_once(lambda client, key=key: cache.add(key, client, timeout=60))

            assert added.count(True) == 1

    def test_django_s_own_would_lose_counts(self):
        """The control."""
        own = DatabaseCache("markets_cachedvalue", {"OPTIONS": {"MAX_ENTRIES": 10**6}})
        own.set("key", 0)

        at_once(lambda client: [own.incr("key") for _ in range(EACH)])

        assert own.get("key") < CLIENTS * EACH


COUNTING = """
import django
django.setup()
from markets.workspaces.throttles import count
for _ in range(40):
    print(count("key", seconds=10**9))
"""


def test_processes_that_share_a_sqlite_file_count_together(tmp_path):
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE markets_cachedvalue (cache_key PRIMARY KEY, value TEXT, expires DATETIME)")
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{file}",
        "LOCAL": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-c", COUNTING]
    processes = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
        for _ in range(3)
    ]

    counted = [int(line) for process in processes for line in process.communicate()[0].splitlines()]

    assert sorted(counted) == list(range(1, 121))


def test_redis_counts_the_same(redis_server, monkeypatch):
    redis = RedisCache(redis_server, {})
    monkeypatch.setattr("markets.workspaces.throttles.cache", redis)
    try:
        counted = at_once(lambda client: [count("key", seconds=10**6) for _ in range(EACH)])

        assert sorted(chain.from_iterable(counted)) == list(range(1, CLIENTS * EACH + 1))
        assert throttle("other", most=1) == 0
        assert 0 < throttle("other", most=1) <= 60
        assert count("other", seconds=60, by=0) == 2
    finally:
        redis.close()
