"""P3: section 6 of the specification is the code. Each row of its table is tried for real, and without its guard."""

from contextlib import closing
from itertools import islice

import pytest
from django.db import connection

from config.admin import PortalAdminSite
from markets.models import Membership, Role
from tests.extra_fields import EXTRA, followed
from tests.markets.audit.states import WRITES
from tests.role_table import OPERATE, SEE, TABLE, WHAT, cells_of, tried
from tests.test_roles import clients, ours, shared_firms, users  # noqa: F401 - fixtures


def switch_off(what, monkeypatch, ours, users):  # noqa: F811
    """Takes away the guard of a row: whom it then lets in is a mismatch."""
    if what == SEE:
        Membership.objects.create(workspace=ours.workspace, user=users["outsider"], role="viewer")
        return "if the outsider is a member"
    if what == OPERATE:
        monkeypatch.setattr(PortalAdminSite, "refusal", lambda site, request: None)
        monkeypatch.setattr(PortalAdminSite, "has_permission", lambda site, request: True)
        return "if the admin asks nobody who they are"
    monkeypatch.setattr(Role, "allows", lambda role, other: True)
    return "if every role may do everything"


@pytest.mark.promise("P3")
@pytest.mark.parametrize("what", TABLE)
def test_a_row_of_section_6_is_the_code(what, ours, users, clients, figure, monkeypatch):  # noqa: F811
    def of_the_row(most):
        for name in [name for name, its in WHAT.items() if its == what][:most]:
            with closing(cells_of(name, ours, users, clients)) as cells:
                yield tried(name, islice(cells, most), clients)

    counts, mismatches = zip(*of_the_row(None), strict=True)
    assert not any(mismatches), mismatches
    guard = switch_off(what, monkeypatch, ours, users)
    for client in clients.values():
        client.raise_request_exception = False
    tried_without, control = zip(*of_the_row(5), strict=True)
    found = sum(map(len, control))
    assert found >= sum(tried_without) / 12
    figure(f"{what}: 0 mismatches of {sum(counts):,} cells", control=f"{guard}, {found} of {sum(tried_without)}")


@pytest.mark.promise("P3")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="On PostgreSQL ids go on after a rollback")
def test_fields_that_a_form_does_not_have_are_ignored(ours, clients, figure):  # noqa: F811
    assert [row.name for row in WRITES if followed(row, ours, clients["manager"])] == []
    own = [row for row in WRITES if row.name in ("team", "team_role", "campaigns:status", "campaigns:bulk_status")]
    control = [row.name for row in own if followed(row, ours, clients["manager"], overrides=True)]
    assert {"team", "team_role"} <= set(control)
    figure(
        f"0 of {len(WRITES)} forms follow one of {len(EXTRA)} fields that they do not have, such as role or workspace",
        control=f"{len(control)} of {len(own)} forms with a field “role” or “status” of their own follow it",
    )
