"""The database itself keeps the audit log as it is: rows are added, and only old ones leave, by the switch."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from config.db.append_only import removable
from markets.models import AuditEvent
from markets.models.history.audit import MAINTENANCE


def event(days_ago=0):
    made = AuditEvent.objects.create(
        action="signed_out", summary="Signed out", happened_at=now() - timedelta(days=days_ago)
    )
    connection.check_constraints()  # PostgreSQL truncates no table whose foreign keys wait to be checked
    return made


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


STATEMENTS = [
    "UPDATE markets_auditevent SET summary = 'Nothing happened'",
    "UPDATE markets_auditevent SET id = id",
    "DELETE FROM markets_auditevent",
]
if connection.vendor == "postgresql":
    STATEMENTS += ["TRUNCATE markets_auditevent", "TRUNCATE markets_auditevent CASCADE"]


@pytest.mark.parametrize("sql", STATEMENTS)
def test_no_statement_changes_or_removes_an_event(db, sql):
    kept = event(days_ago=5_000)

    with pytest.raises(IntegrityError, match="append"):
        run(sql)

    assert AuditEvent.objects.get().summary == kept.summary


@pytest.mark.parametrize("sql", STATEMENTS)
def test_any_other_table_takes_these_statements(db, sql, workspace):
    """The control: without the triggers the same statements go through."""
    event()
    constraint = next(each for each in AuditEvent._meta.constraints if each.name == "audit_event_append_only")
    drop = (
        [f"DROP TRIGGER {constraint.name}_{each}" for each in ("update", "delete")]
        if connection.vendor == "sqlite"
        else constraint.remove_sql(AuditEvent, connection.schema_editor()).split("; ")
    )
    for statement in drop:
        run(statement)

    run(sql)

    assert [each.summary for each in AuditEvent.objects.all()] != ["Signed out"] or "id = id" in sql


def test_with_the_switch_only_events_from_before_its_moment_go(db):
    event(days_ago=100)
    event(days_ago=10)
    before = now() - timedelta(days=50)

    with removable(MAINTENANCE, before), pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.all().delete()
    with removable(MAINTENANCE, before), pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.update(summary="Changed")
    assert AuditEvent.objects.count() == 2

    with removable(MAINTENANCE, before):
        assert AuditEvent.objects.filter(happened_at__lt=before).delete()[0] == 1

    assert AuditEvent.objects.get().happened_at > before


def test_the_switch_ends_with_its_block_also_after_an_error(db):
    event(days_ago=100)
    with pytest.raises(ZeroDivisionError), removable(MAINTENANCE, now()):
        1 / 0  # noqa: B018
    with removable(MAINTENANCE, now()):
        pass

    with pytest.raises(IntegrityError):
        run("DELETE FROM markets_auditevent")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite makes a table anew to change it")
@pytest.mark.django_db(transaction=True)
def test_the_triggers_survive_a_table_that_is_made_anew():
    with connection.schema_editor() as editor:
        editor.add_constraint(AuditEvent, AuditEvent._meta.constraints[0])  # remakes the table
    event()

    for sql in STATEMENTS:
        with pytest.raises(IntegrityError, match="append"):
            run(sql)
