"""Undoes imports, and compares the result with the preview."""

from calls import derived
from calls.ingest.undo import preview, undo


def reasons_by_name(undone):
    return {each["name"]: each["why"] for each in undone.named}


def undo_as_previewed(job, by=None):
    """Undoes the import. The result equals its preview, and the stored counts equal a recount."""
    expected = preview(job)
    undone = undo(job=job, by=by)
    assert undone == expected
    assert undone.left == len(undone.named)
    assert derived.check(job.workspace) == []
    return undone
