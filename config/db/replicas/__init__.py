"""Pages that are read from a hot standby. Whoever has written something is shown it: a request is read from the standby
only if that has replayed all that its browser, or the token of its API client, has written. docs/operations/replicas.md
"""

STANDBY = "standby"
"""Its name in DATABASES."""
