"""Rows whose external ID means another contact than the one that has it, as a person decided."""

from collections.abc import Mapping, Sequence

from markets.imports.contacts.prefilter import Fields
from markets.models import DecidedIdentity, ImportJob


def decided_rows(
    job: ImportJob, rows: Sequence[Fields], now_decided: Mapping[str, int | None]
) -> tuple[Sequence[Fields], dict[int, int]]:
    """The rows, without the external IDs that were decided on, and the decided contacts by the index of their row.

    `now_decided` comes before the decisions stored for the job's source.
    """
    decided = {**_stored_decisions(job), **now_decided}
    if not decided:
        return rows, {}
    kept, contacts = list(rows), {}
    for index, row in enumerate(rows):
        if (external_id := row.get("external_id", "")) not in decided:
            continue
        if contact := decided[external_id]:
            contacts[index] = contact
        kept[index] = {name: value for name, value in row.items() if name != "external_id"}
    return kept, contacts


def _stored_decisions(job: ImportJob) -> dict[str, int]:
    """Few in any workspace, as a person made each of them."""
    decisions = DecidedIdentity.objects.filter(workspace=job.workspace_id, preset=job.preset_id)
    return dict(decisions.values_list("external_id", "contact")) if job.preset_id else {}
