"""Kills the processes of the drill at named or random moments, and sets the size of its files."""

import os
import random
import signal
import time
from itertools import cycle

IS_SHORT = os.environ.get("DRILL") != "full"
ROWS, CHUNK, CALLS = (2000, 300, 600) if IS_SHORT else (20_000, 2000, 4000)
ROUNDS = 2 if IS_SHORT else 50
SEED = int(os.environ.get("DRILL_SEED", "6"))
ONCE = [("file", 1), ("job", 1), ("completion", 1), ("forgetting", 1)]
EACH_CHUNK = [(point, number) for point in ("rows", "outcomes", "checkpoint", "commit") for number in (1, 3)]
NAMED = [f"{when} {point} {number}" for point, number in [*ONCE, *EACH_CHUNK] for when in ("before", "after")]
AT_RANDOM = "at random"
WORK = ("import_worker", "--once")


def run_and_kill(portal, words, kill, seconds, **drill):
    """A process of the command, killed at the point, or at random within its work. Returns whether it was, and when."""
    if kill == AT_RANDOM:
        rows, done = portal.job("row_count, checkpoint") or (None, 0)
        chunks, so_far = -(-((rows or ROWS) - done) // CHUNK), len(portal.times("chunk"))
        works = len(portal.times("working")) + 1
        child = portal.start(*words, chunk=CHUNK, **drill)
        portal.wait_for("working", works)
        portal.wait_for("chunk", so_far + random.randrange(max(chunks - 1, 1)))
        time.sleep(random.uniform(0, seconds * CHUNK / ROWS))
        child.kill()
    else:
        child = portal.start(*words, kill=kill, chunk=CHUNK, **drill)
    code = child.wait(300)
    return code == -signal.SIGKILL, time.time()


def disturb(portal, words, kills, seconds, **drill):
    """Command and worker in turn, each killed, and then to the end. Returns how many kills hit, and how long it took
    each time until somebody worked on it again."""
    hits, waits, killed_at, tries = 0, [], None, iter(range(1, 20))
    kills, turns = iter(kills), cycle([words, WORK])
    while not portal.is_ended:
        each = next(turns) if portal.job() else words
        started = len(portal.times("working"))
        hit, at = run_and_kill(portal, each, next(kills, ""), seconds, **drill)
        began = portal.times("working")[started:]
        if killed_at and began:
            waits.append(began[0] - killed_at)
        killed_at = at if hit else killed_at
        hits += hit
        assert next(tries, None), portal.output.read_text()
    return hits, waits


def plans():
    """The kills of each round: every named point for the command and for the worker after it, then random moments."""
    chance = random.Random(SEED)
    if IS_SHORT:
        picked = [*chance.sample(NAMED, 2 * ROUNDS - 2), AT_RANDOM, AT_RANDOM]
        return [picked[2 * n : 2 * n + 2] for n in range(ROUNDS)]
    named = [[first, chance.choice(NAMED)] for first in NAMED]
    return named + [[AT_RANDOM, chance.choice([AT_RANDOM, *NAMED])] for _ in range(ROUNDS - len(named))]
