"""Old events leave the log, by a command and by nothing else, and the log says so."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from markets.audit import retention
from markets.audit.retention import prune_audit_log
from markets.models import AuditEvent
from tests.commands import run_command


@pytest.fixture
def events(workspace):
    for days in (1, 700, 740, 900):
        AuditEvent.objects.create(
            workspace=workspace if days < 900 else None,
            action="signed_out",
            summary=f"{days} days ago",
            happened_at=now() - timedelta(days=days),
        )


def summaries():
    return list(AuditEvent.objects.order_by("happened_at").values_list("summary", flat=True))


def test_the_command_removes_what_is_older_than_two_years_and_records_it(events):
    run_command("prune_audit_log")

    *kept, pruned = summaries()
    assert kept == ["700 days ago", "1 days ago"]
    assert pruned.startswith("Removed 2 events from before ")
    assert AuditEvent.objects.get(action="log_pruned").workspace is None


def test_a_dry_run_and_a_retention_of_0_days_remove_nothing(events, settings):
    assert "2 events" in run_command("prune_audit_log", "--dry-run")
    settings.AUDIT_RETENTION_DAYS = 0
    assert "all events are kept" in run_command("prune_audit_log")

    assert len(summaries()) == 4


def test_a_log_without_old_events_gets_no_event(events):
    assert prune_audit_log(now() - timedelta(days=2_000)) == 0

    assert len(summaries()) == 4


def test_many_events_go_in_chunks(events, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 1)

    assert prune_audit_log(now() - timedelta(days=30)) == 3
