"""Every key between tenant tables carries the workspace: no row can refer to a row of another workspace, and the tables
can be partitioned by workspace. Keys are read from the catalogue, so that a new one cannot be forgotten here."""

import pytest

EXCEPTIONS = {
    "markets_apitoken(token_hash)": "An API request names only its token: the workspace is looked up by it.",
    "markets_invitation(token_hash)": "An invitation's link names only its token, likewise.",
}
"""Keys without the workspace, each with its reason. Primary keys are looked at in sharding/test_citus.py."""


def keys_without_workspace(catalogue):
    tenants = catalogue.tenant_tables()
    unique_keys = [key for key in catalogue.unique_keys() if key.table in tenants]
    foreign_keys = [key for key in catalogue.foreign_keys() if {key.table, key.target} <= tenants]
    return sorted(str(key) for key in [*unique_keys, *foreign_keys] if "workspace_id" not in key.columns)


def test_every_key_between_tenant_tables_carries_the_workspace(catalogue):
    assert keys_without_workspace(catalogue) == sorted(EXCEPTIONS)


def test_the_catalogue_is_read(catalogue):
    """The control: reading nothing would pass the test above."""
    tenants = catalogue.tenant_tables()

    assert len(tenants) == 64
    assert "markets_workspace" not in tenants
    assert len([key for key in catalogue.unique_keys() if key.table in tenants]) > 30
    assert len([key for key in catalogue.foreign_keys() if {key.table, key.target} <= tenants]) > 25


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("CREATE UNIQUE INDEX bent ON calls_call (dialled)", "calls_call(dialled)"),
        ("CREATE UNIQUE INDEX bent ON calls_call (contact_id, lower(dialled))", "calls_call(contact_id)"),
        ("CREATE TABLE bent (workspace_id bigint, by_id bigint REFERENCES markets_membership (id))", "bent(by_id)"),
    ],
    ids=["unique index", "unique index with an expression", "foreign key"],
)
def test_a_key_without_the_workspace_is_reported(catalogue, statement, key):
    catalogue.connection.cursor().execute(statement)

    assert key in keys_without_workspace(catalogue)
