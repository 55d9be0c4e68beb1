"""Reading of statements: which of them are not confined to a workspace."""

import pytest

from tests.isolation.walk import unscoped

CONTACTS = 'SELECT "markets_contact"."id" FROM "markets_contact"'


@pytest.mark.parametrize(
    "sql",
    [
        CONTACTS,
        f'{CONTACTS} WHERE "markets_contact"."email" = %s',
        f'{CONTACTS} INNER JOIN "markets_workspace" ON (true) WHERE "markets_workspace"."id" = %s',
        'SELECT COUNT(*) FROM "markets_contact" "U0" WHERE "U0"."full_name" = %s',
        'SELECT 1 FROM "markets_user" WHERE EXISTS(SELECT 1 FROM "markets_contact" "U0" WHERE "U0"."firm" = %s)',
        'UPDATE "markets_contact" SET "firm" = %s WHERE "markets_contact"."firm" = %s',
        'DELETE FROM "markets_contact" WHERE "markets_contact"."firm" = %s',
        "SELECT c.id FROM markets_contact c WHERE c.email = %s",
    ],
)
def test_a_statement_across_workspaces_is_noticed(sql):
    assert unscoped(sql) == ["markets_contact"]


@pytest.mark.parametrize(
    "sql",
    [
        f'{CONTACTS} WHERE "markets_contact"."workspace_id" = %s',
        f'{CONTACTS} WHERE "markets_contact"."id" IN (%s, %s)',
        'SELECT 1 FROM "calls_call" INNER JOIN "markets_contact" '
        'ON ("calls_call"."contact_id" = "markets_contact"."id") WHERE "calls_call"."campaign_id" = %s',
        'SELECT COUNT(*) FROM "markets_contact" "U0" WHERE "U0"."workspace_id" = "markets_workspace"."id"',
        "SELECT c.id FROM markets_contact AS c WHERE c.workspace_id = %s",
        'INSERT INTO "markets_contact" ("workspace_id", "firm") VALUES (%s, %s)',
        'SELECT "markets_user"."id" FROM "markets_user"',
    ],
)
def test_a_statement_within_a_workspace_is_none_to_speak_of(sql):
    assert unscoped(sql) == []
