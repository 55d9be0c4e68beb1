"""Models of what happened: the audit log, changes of contacts, merges, and what remains of erased people."""
