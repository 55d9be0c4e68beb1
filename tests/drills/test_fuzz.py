"""P18: every address of the portal with hostile values in each parameter, field, header, cookie and part of its path.

Short: some two hundred requests. DRILL=full sends all of them, for hours; FUZZ_EVERY=20 sends one in twenty.
"""

import os
from itertools import chain, islice

import pytest

from tests.config.admin_rows import one_of_each
from tests.factories import active_campaign
from tests.firms import firm
from tests.fuzzing.addresses import Offered, of_others, of_workspaces
from tests.fuzzing.tries import ALL_VALUES, Requests, Try, of_api, tries
from tests.fuzzing.visitors import visitors

EVERY = int(os.environ.get("FUZZ_EVERY") or (1 if os.environ.get("DRILL") == "full" else 0))
SHORT, OF_ADDRESSES = 200, 6


@pytest.mark.promise("P18")
@pytest.mark.filterwarnings(
    "ignore:DateTimeField .* received a naive datetime:RuntimeWarning"
)  # of filters of the admin
def test_nothing_that_a_client_sends_makes_a_500(db, ops, figure, monkeypatch):
    ours = firm("Lisbon", "ours")
    rows = one_of_each(active_campaign(3, market__workspace__slug="acme"), ops)
    clients, arguments = visitors(ours, ops)
    every = [*of_workspaces(ours), *of_others(arguments, rows)]
    addresses = every if EVERY else every[::OF_ADDRESSES]
    requests, offered = Requests(clients), Offered()
    for address in addresses:
        offered.add(address, requests.send(Try(address, "as it is", "GET", address.url)))
    (api,) = [address for address in every if address.name == "api:calls"]
    campaign = ours.workspace.campaigns.get(pk=ours.ids["campaign"])

    def all_tries():
        return chain(tries(addresses, offered), of_api(api, campaign))

    total = sum(1 for _ in all_tries())

    for each in islice(all_tries(), 0, None, EVERY or total // SHORT):
        requests.send(each)

    assert requests.failed == []
    assert requests.slow == []
    fields = {(address.name, name) for address, data in offered.forms.values() for name in data}
    fields |= {(address.name, name) for address in addresses for name in offered.parameters_of(address)}
    control = without_check(clients, ours, monkeypatch)
    figure(
        f"0 x 5xx in {requests.count:,} of {total:,} requests: {len(addresses)} addresses, {len(fields):,} parameters "
        f"and fields, {len(ALL_VALUES)} values. None over {requests.slowest:.1f} s",
        control=f"with a form that takes any text for an id, {len(control.failed)} x 5xx in {control.count} requests",
    )


def without_check(clients, ours, monkeypatch):
    """The control: one page takes what the address says for an id without a look at it."""
    monkeypatch.setattr("markets.views.contacts.as_id", int)
    (address,) = [each for each in of_workspaces(ours) if each.name == "contacts:create"]
    offered, requests = Offered(), Requests(clients)
    offered.parameters[address.name] = {"market"}
    for each in islice((each for each in tries([address], offered) if each.what.startswith("?market=")), 0, None, 5):
        requests.send(each)
    assert len(requests.failed) > 10
    return requests
