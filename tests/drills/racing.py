"""Clients of one portal in several processes, each with a connection of its own, that do the same thing at once.

Nothing of the portal is imported before a process knows its database: see `connect`.
"""

import multiprocessing
import os
import random
import threading
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from uuid import uuid4

PROCESSES, CLIENTS = 4, 8
PAUSE = 0.005
LONGEST = 60


def connect(environment):
    """Makes this process one of the portal that the environment names."""
    import django

    os.environ.clear()
    os.environ.update(environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()


class Crew:
    """The clients, in processes of several threads that stay for many tasks. `careless` ones know no guards."""

    def __init__(self, portal, *, is_careless=False):
        context = multiprocessing.get_context("spawn")
        self._barrier, self._results = context.Barrier(CLIENTS), context.Queue()
        self._tasks = [context.Queue() for _ in range(PROCESSES)]
        share = CLIENTS // PROCESSES
        self._processes = [
            context.Process(
                target=_process,
                args=(portal.environment, is_careless, range(n * share, (n + 1) * share)),
                kwargs={"tasks": tasks, "barrier": self._barrier, "results": self._results},
            )
            for n, tasks in enumerate(self._tasks)
        ]
        for process in self._processes:
            process.start()

    def run(self, task, *arguments):
        """Runs task(client, meet, *arguments) for every client; `meet` waits for all of them.

        Returns what all of them yielded, in any order; an error of one is an error of all.
        """
        for tasks in self._tasks:
            tasks.put((task, arguments))
        results = [self._results.get(timeout=600) for _ in range(CLIENTS)]
        broken = [each for each in results if isinstance(each, str)]
        assert not broken, broken[0]
        return [each for client in results for each in client]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process in self._processes:
            process.kill()
            process.join(LONGEST)


def _process(environment, is_careless, clients, *, tasks, barrier, results):
    connect(environment)
    pause_inside()
    if is_careless:
        switch_guards_off()
    while True:
        task, arguments = tasks.get()
        threads = [threading.Thread(target=_client, args=(task, each, barrier, results, arguments)) for each in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _client(task, client, barrier, results, arguments):
    from django.db import connections

    try:
        results.put(list(task(client, lambda: barrier.wait(LONGEST), *arguments)))
    except BaseException:
        barrier.abort()
        results.put(traceback.format_exc())
    finally:
        connections.close_all()


@contextmanager
def a_process(portal):
    """A function that runs task(*arguments) in a process of the portal, the same one each time."""
    with multiprocessing.get_context("spawn").Pool(1, connect, (portal.environment,)) as pool:
        yield lambda task, *arguments: pool.apply(task, arguments)


def make_campaigns(count, people=1):
    """Active campaigns of one workspace, each with so many people; returns their ids."""
    from tests.factories import MarketFactory, WorkspaceFactory, active_campaign

    market = MarketFactory(workspace=WorkspaceFactory(slug=f"race-{uuid4().hex}"))
    made = [active_campaign(people, market=market, workspace=market.workspace) for _ in range(count)]
    return [campaign.pk for campaign in made]


def switch_guards_off():
    """For a control: the lock under which a status is read and a call is written, and the condition of its UPDATE."""
    from campaigns.models.campaigns import CampaignQuerySet

    careful = CampaignQuerySet.filter
    CampaignQuerySet.select_for_update = lambda campaigns, **how: campaigns
    CampaignQuerySet.filter = lambda campaigns, *args, status="", **fields: careful(campaigns, *args, **fields)


def pause_inside():
    """A pause after a step was found to be legal and before it is written: whatever is not locked slips in there."""
    from campaigns.lifecycle import transitions as lifecycle

    careful = lifecycle._check_requirements

    def slow(*args):
        careful(*args)
        time.sleep(PAUSE)

    lifecycle._check_requirements = slow


def step_rounds(client, meet, campaigns, rounds):
    """Each round all clients want to take a step of the campaign as they see it; whoever completes it ends it.

    Yields the round with “won”, or why not.
    """
    from campaigns.lifecycle.transitions import StatusConflict, change_status
    from campaigns.models import Campaign, Status

    chance, left = random.Random(client), iter(campaigns)
    campaign = Campaign.objects.get(pk=next(left))
    for n in range(rounds):
        meet()
        campaign.refresh_from_db()
        if campaign.status == Status.COMPLETED:
            campaign = Campaign.objects.get(pk=next(left))
        seen = campaign.status
        other = Status.PAUSED if seen == Status.ACTIVE else Status.ACTIVE
        to = Status.COMPLETED if chance.random() < 0.2 else other
        meet()
        time.sleep(chance.uniform(0, PAUSE))
        try:
            change_status(campaign=campaign, to=to, by=None, reason=f"Client {client}", seen=seen)
            yield n, "won"
        except StatusConflict as conflict:
            yield n, str(conflict)


def illegal_paths(campaigns):
    """What is wrong with the campaigns' histories, in words."""
    from campaigns.lifecycle.transitions import TRANSITIONS
    from campaigns.models import Campaign, Status

    found = []
    for campaign in Campaign.objects.filter(pk__in=campaigns):
        status, moment = Status.DRAFT.value, None
        for change in campaign.status_changes.order_by("id"):
            legal = change.from_status == status and change.to_status in {step.to for step in TRANSITIONS[status]}
            if not legal or (moment and change.changed_at < moment):
                found.append(f"campaign {campaign.pk}: {change.from_status} to {change.to_status} after {status}")
            status, moment = change.to_status, change.changed_at
        if campaign.status != status:
            found.append(f"campaign {campaign.pk} is {campaign.status}, its history ends with {status}")
    return found


def call_rounds(client, meet, campaigns):
    """On each campaign the first client pauses and the others record calls that start just then. Yields what came."""
    from django.utils.timezone import now

    from calls.log.services import record
    from calls.log.validation import CallRefused, NewCall
    from campaigns.lifecycle.transitions import change_status
    from campaigns.models import Campaign

    chance = random.Random(client)
    for key in campaigns:
        campaign = Campaign.objects.get(pk=key)
        contact = campaign.members.get().contact
        meet()
        if client == 0:
            time.sleep(2 * PAUSE)
            change_status(campaign=campaign, to="paused", by=None, reason="Race", seen="active")
            continue
        for _ in range(3):
            time.sleep(chance.uniform(0, 2 * PAUSE))
            try:
                record(campaign=campaign, new=NewCall(contact=contact, disposition="no_answer", started_at=now()))
                yield "kept"
            except CallRefused as refusal:
                yield refusal.code


def calls_outside_active(campaigns):
    """How many calls there are, and how many of them began when their campaign was not Active."""
    from campaigns.lifecycle.transitions import StatusHistory
    from campaigns.models import Campaign

    made = outside = 0
    for campaign in Campaign.objects.filter(pk__in=campaigns):
        history = StatusHistory.for_campaign(campaign)
        for moment in campaign.calls.values_list("started_at", flat=True):
            made += 1
            outside += not history.was_active_at(moment)
    return made, outside


def winners(results):
    """Of each round, how many clients won."""
    won = Counter(n for n, what in results if what == "won")
    return [won[n] for n in sorted({n for n, _ in results})]
