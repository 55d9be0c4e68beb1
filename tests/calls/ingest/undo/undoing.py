"""Undoes imports, and compares the result with the preview."""

from calls import derived
from calls.ingest.undo import preview, undo


def named(undone):
    return {each["name"]: each["why"] for each in undone.named}


def taken_back(job):
    """What an undo came to. It came to what its preview said, and the tallies are as a recount finds them."""
    expected = preview(job)
    undone = undo(job=job, by=None)
    assert undone == expected
    assert undone.left == len(undone.named)
    assert derived.check(job.workspace) == []
    return undone
