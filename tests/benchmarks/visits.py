"""Visits pages of the workspace “bench” in turn for some seconds. Prints the 95th percentile of each, in ms, as JSON.

bench_imports runs this in a process of its own.
"""

import json
import os
import sys
import time
from collections import defaultdict

import django


def main(seconds: float) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # static files need not be collected
    django.setup()
    from django.test import Client

    from markets.models import Membership, User, Workspace
    from markets.workspaces.invitations import create_user

    workspace = Workspace.objects.get(slug="bench")
    user = User.objects.filter(email="visitor@bench.example").first()
    if user is None:
        user = create_user(email="visitor@bench.example", password=None)
        Membership.objects.create(workspace=workspace, user=user, role="manager")
    market = workspace.markets.first()
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.force_login(user)
    pages = {
        "dashboard": "/w/bench/",
        "contacts": "/w/bench/contacts/",
        "contacts by firm": "/w/bench/contacts/?sort=firm&page=3",
        "market": f"/w/bench/markets/{market.pk}/" if market else "/w/bench/markets/",
        "campaigns": "/w/bench/campaigns/",
        "imports": "/w/bench/imports/",
    }
    for path in pages.values():
        client.get(path)  # warm up templates and plans
    taken: defaultdict[str, list[float]] = defaultdict(list)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for name, path in pages.items():
            begun = time.perf_counter()
            response = client.get(path)
            assert response.status_code == 200, (path, response.status_code)
            taken[name].append((time.perf_counter() - begun) * 1000)
    print(json.dumps({name: sorted(times)[int(len(times) * 0.95)] for name, times in taken.items()}))


if __name__ == "__main__":
    main(float(sys.argv[1]))
