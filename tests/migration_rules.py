"""What a migration may do while the portal is in use: docs/operations/upgrades.md says why and what to do instead."""

import re

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython

RELEASED = {
    "markets": "0004_campaign_life",
    "campaigns": "0002_campaign_life",
    "calls": "0003_campaign_life",
    "signals": "0001_initial",
}
"""The last migration of each app in a database that may have to be upgraded. Moves on with each release."""

SMALL_TABLES = set("markets_workspace markets_user markets_membership markets_invitation markets_apitoken".split())
"""They have at most some thousands of rows, whatever the history, so reading all of them takes milliseconds."""

BLOCKING = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "nobody can write until the index is built: AddIndexConcurrently",
    r"REINDEX (?!.*CONCURRENTLY)": "nobody can write until it is built: REINDEX ... CONCURRENTLY",
    r"ALTER TABLE .*ADD (CONSTRAINT \S+ )?(UNIQUE|PRIMARY KEY|EXCLUDE)(?!.* USING INDEX)": (
        "nobody can read until the index is built: create it concurrently, then ADD CONSTRAINT ... USING INDEX"
    ),
    r"ALTER TABLE .*ADD (CONSTRAINT \S+ )?(CHECK|FOREIGN KEY)(?!.*NOT VALID)": (
        "reads the whole table under a lock: AddConstraintNotValid, then ValidateConstraint in the next migration"
    ),
    r"ALTER TABLE .*ADD COLUMN .*(REFERENCES|UNIQUE|CHECK|GENERATED)": (
        "reads or rewrites the whole table under a lock: add the column first, then its constraint in two steps"
    ),
    r"ALTER TABLE .*ADD COLUMN .*DEFAULT [\w.]*(random|uuid|clock_timestamp)": "rewrites the table: fill it in batches",
    r"ALTER TABLE .*ALTER COLUMN \S+ (SET DATA )?TYPE": "rewrites the whole table: add a column and fill it in batches",
    r"ALTER TABLE .*SET NOT NULL": "reads the whole table under a lock: a CHECK that is NOT VALID, then validate it",
    r"(UPDATE|DELETE|INSERT|MERGE|LOCK|TRUNCATE|CLUSTER|VACUUM)\b": "may take long: a command that works in batches",
}
BREAKING = {
    r"(DROP TABLE|ALTER TABLE .*DROP COLUMN|ALTER TABLE .*RENAME)": (
        "the version that still runs uses it: take it out of the code in one release, out of the database in the next"
    ),
    r"ALTER TABLE .*SET NOT NULL": "the version that still runs may leave it empty: in the next release",
}
NEEDS_DEFAULT = "the version that still runs does not fill it when it inserts: give it a db_default"
IN_PYTHON = "Python moves rows, all in one transaction: a command that works in batches"
NOT_ATOMIC = "only CONCURRENTLY belongs into a migration without a transaction: half of anything else may remain"


def is_new(loader, app, name):
    """True for migrations that come after the last released one."""
    return app in RELEASED and name > RELEASED[app] and (app, name) in loader.graph.nodes


def new_migrations():
    loader = MigrationLoader(connection, replace_migrations=False)
    return [
        (loader.get_migration(*key), loader.project_state(key, at_end=False))
        for key in sorted(loader.graph.nodes)
        if is_new(loader, *key)
    ]


def statements_of(migration, state):
    """Its SQL on this database, from a connection of its own: that of a test is in a transaction."""
    own = connection.copy()
    try:
        with own.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            migration.apply(state, editor, collect_sql=True)
    finally:
        own.close()
    lines = [each for each in editor.collected_sql if not each.startswith("--")]
    return [" ".join(each.split()) for each in lines]


def table_of(statement):
    found = re.match(
        r"(?:(?:ALTER|CREATE|DROP) TABLE|CREATE(?: UNIQUE)? INDEX.*? ON|UPDATE|DELETE FROM|INSERT INTO)"
        r"(?: ONLY)?"
        r'(?: IF (?:NOT )?EXISTS)? "?(\w+)"?',
        statement,
    )
    return found[1] if found else ""


def problems_of(migration, statements, created=frozenset()):
    """What in it would stop the portal or break the version that still runs: (statement, why). Tables that were
    `created` since the release are empty."""
    created = set(created) | {table_of(each) for each in statements if each.startswith("CREATE TABLE")}
    found = [(type(each).__name__, IN_PYTHON) for each in migration.operations if isinstance(each, RunPython)]
    for statement in statements:
        table = table_of(statement)
        if table in created:
            continue
        rules = BREAKING if table in SMALL_TABLES else BLOCKING | BREAKING
        found += [(statement, why) for rule, why in rules.items() if re.match(rule, statement)]
        if lacks_default(statement, statements):
            found.append((statement, NEEDS_DEFAULT))
        if not migration.atomic and "CONCURRENTLY" not in statement:
            found.append((statement, NOT_ATOMIC))
    return found


def lacks_default(statement, statements):
    """Whether a column that must be filled is added, and Django removes the default that it was filled with."""
    column = re.match(r"ALTER TABLE (\S+) ADD COLUMN (\S+) (?!.*GENERATED).*NOT NULL", statement)
    if not column:
        return False
    removed = f"ALTER TABLE {column[1]} ALTER COLUMN {column[2]} DROP DEFAULT"
    return "DEFAULT" not in statement or any(each.startswith(removed) for each in statements)
