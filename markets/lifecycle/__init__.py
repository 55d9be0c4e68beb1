"""How a workspace ends: it is archived, and may be deleted after a grace period. `archive` holds the steps of managers,
`deletion` removes every row. `docs/operations/archive-and-delete.md` says what each of them means."""
