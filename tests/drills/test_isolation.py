"""P1 and P3 for every address, each kind of visitor and every field. Short: every fifth address."""

import os

import pytest

from markets.models import Contact, Role, Workspace
from tests.access_rows import ROWS
from tests.isolation import walk
from tests.isolation.checks import betrayals, leaks, trespasses, wrong_parameters
from tests.isolation.conftest import PAGES, POSTED, all_firms, as_ours, clients, firms  # noqa: F401 - fixtures
from tests.isolation.roles import foreign_addresses, offered_in_vain, wrongly_answered

IS_FULL = os.environ.get("DRILL") == "full"
EVERY = 1 if IS_FULL else 5


def found_by(check, rows):
    return {row.name: found for row in rows if (found := check(row))}


@pytest.mark.promise("P1")
def test_nothing_of_another_workspace_is_shown_changed_or_betrayed(as_ours, firms, figure, monkeypatch):  # noqa: F811
    walk.totals.clear()
    checks = [
        (leaks, PAGES),
        (wrong_parameters, PAGES),
        (foreign_addresses, ROWS),
        (trespasses, POSTED),
        (betrayals, POSTED),
    ]
    found = [found_by(lambda row, check=check: check(as_ours, firms, row), rows[::EVERY]) for check, rows in checks]
    assert found == [{}] * len(checks)
    requests, statements = walk.totals["requests"], walk.totals["statements"]

    monkeypatch.setattr(Workspace, "contacts", property(lambda workspace: Contact.objects))
    control = found_by(
        lambda row: leaks(as_ours, firms, row), [row for row in PAGES if row.name.startswith("contacts:")]
    )
    assert len(control) >= 2
    figure(
        f"0 leaks in {requests:,} requests; each of {statements:,} statements is bound to one workspace",
        control=f"with everybody's contacts, {sum(map(len, control.values()))} leaks in {len(control)} pages",
    )


@pytest.mark.promise("P3")
def test_each_kind_of_visitor_gets_what_its_role_may(clients, firms, figure, monkeypatch):  # noqa: F811
    rows = ROWS[::EVERY]
    assert found_by(lambda row: wrongly_answered(clients, firms, row), rows) == {}
    for role in ("viewer", "caller"):
        assert found_by(lambda row, role=role: offered_in_vain(clients[role], firms, row, role), rows) == {}

    monkeypatch.setattr(Role, "allows", lambda role, other: True)
    restricted = [row for row in rows if row.role != "viewer"][:8]
    control = found_by(lambda row: wrongly_answered(clients, firms, row), restricted)
    assert len(control) == len(restricted)
    figure(
        f"0 mismatches of {len(rows) * len(clients) * 2:,} cells ({len(rows)} addresses, {len(clients)} visitors)",
        control=f"if every role may do everything, {len(control)} of {len(restricted)} addresses mismatch",
    )
