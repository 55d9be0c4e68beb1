"""Promise P2 with four processes of gunicorn behind nginx: limits and used codes hold for all of them together.

DATABASE_URL=postgres://... uv run pytest -n 0 -s tests/drills/test_sign_in.py
"""

import json
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.drills import racing
from tests.drills.behind_nginx import WORKERS, Browser, served
from tests.drills.portals import Server
from tests.markets.accounts.second_factors import totp

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="several server processes need PostgreSQL"),
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed: apt-get install nginx"),
]
ANN, BOB, OPS = (f"{name}@portal.example" for name in ("ann", "bob", "ops"))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CONNECTIONS = 12
GUESSES = 200
CHECKED, REQUESTS_PER_MINUTE = 5, 120
OFFICE, HOME = "127.0.0.2", "127.0.0.3"
ROUNDS = 5 if os.environ.get("DRILL") == "full" else 1


def make_people(emails, secret):
    """People with the password of the factories, the last one staff with a second factor; returns an API token."""
    from allauth.mfa.totp.internal.auth import TOTP

    from markets.workspaces import api_tokens
    from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory

    workspace = WorkspaceFactory(slug="acme")
    users = [UserFactory(email=email, is_staff=email == emails[-1]) for email in emails]
    for user in users:
        MembershipFactory(workspace=workspace, user=user)
    TOTP.activate(users[-1], secret)
    return api_tokens.issue(workspace=workspace, name="Dialer", by=None)[1]


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with Server(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("drill")).migrated() as portal:
        with racing.a_process(portal) as alone:
            portal.token = alone(make_people, [ANN, BOB, OPS], SECRET)
        yield portal


@pytest.fixture(scope="module")
def port(portal):
    with served(portal) as port:
        yield port


@pytest.fixture(scope="module")
def careless_port(portal):
    """Each process has a cache of its own."""
    with served(portal, guard="cache") as port:
        yield port


def at_once(tasks):
    start = threading.Barrier(len(tasks))

    def run(task):
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def with_time_left(seconds, of):
    """Waits for the next multiple of `of` seconds if this one is about to end."""
    if of - time.time() % of < seconds:
        time.sleep(of - time.time() % of + 0.05)


def signed_in_with_one_code(port):
    """How many of the browsers, each with the right password, one code lets in."""
    from tests.factories import PASSWORD

    browsers = [Browser(port) for _ in range(CONNECTIONS)]
    assert {browser.sign_in(OPS, PASSWORD) for browser in browsers} == {"code"}
    for browser in browsers:
        browser.get("/accounts/2fa/authenticate/")
    with_time_left(8, of=30)
    code = totp(SECRET)
    at_once([lambda each=each: each.post("/accounts/2fa/authenticate/", {"code": code}) for each in browsers])
    return sum(browser.get("/admin/")[0] == 200 for browser in browsers)


def guesses_looked_at(port):
    """Of many at one account, from one address that claims to be as many others."""
    with_time_left(20, of=15 * 60)
    browsers = [Browser(port, OFFICE) for _ in range(8)]

    def guess(n):
        return browsers[n % 8].sign_in(ANN, f"guess {n}", forwarded_for=f"198.51.100.{n}, 127.0.0.{n % 250 + 1}")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(GUESSES)))
    assert answers.count("wrong") + answers.count("wait") == GUESSES
    return answers.count("wrong")


def requests_taken(port, token):
    """Of twice as many as a minute allows, sent by eight clients."""
    with_time_left(20, of=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(n):
        return Browser(port).send("POST", "/w/acme/api/calls/", json.dumps({}), headers)[0]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(2 * REQUESTS_PER_MINUTE)))
    assert set(answers) <= {400, 429}
    return answers.count(400)


@pytest.mark.promise("P2")
def test_one_code_of_an_authenticator_app_signs_in_once(port, careless_port, figure):
    results = [signed_in_with_one_code(port) for _ in range(ROUNDS)]
    control = signed_in_with_one_code(careless_port)

    assert results == [1] * ROUNDS
    assert control > 1
    figure(
        f"one code from {CONNECTIONS} connections at once to {WORKERS} processes behind nginx signed in {results[0]} "
        "time",
        control=f"with a cache of each process's own {control} times",
    )


@pytest.mark.promise("P2")
def test_guesses_slow_one_account_and_nobody_behind_the_same_proxy(port, careless_port, figure):
    from tests.factories import PASSWORD

    checked = guesses_looked_at(port)
    began = time.monotonic()
    colleague = Browser(port, OFFICE).sign_in(BOB, PASSWORD)
    seconds = time.monotonic() - began
    attacked = Browser(port, OFFICE).sign_in(ANN, PASSWORD)
    owner = Browser(port, HOME).sign_in(ANN, PASSWORD)
    control = guesses_looked_at(careless_port)

    assert checked == CHECKED
    assert (colleague, attacked, owner) == ("in", "wait", "in")
    assert control > CHECKED
    figure(
        f"{checked} of {GUESSES} guesses at one account with forged X-Forwarded-For were looked at by {WORKERS} "
        f"processes; a colleague behind the same address got in after {seconds:.1f} s",
        control=f"with a cache of each process's own {control} were looked at",
    )


@pytest.mark.promise("P2")
def test_the_limit_of_the_api_holds_for_all_processes_together(port, careless_port, portal, figure):
    taken = requests_taken(port, portal.token)
    control = requests_taken(careless_port, portal.token)

    assert taken == REQUESTS_PER_MINUTE
    assert control > REQUESTS_PER_MINUTE
    figure(
        f"{taken} of {2 * REQUESTS_PER_MINUTE} API requests in a minute were taken by {WORKERS} processes",
        control=f"with a cache of each process's own {control}",
    )
