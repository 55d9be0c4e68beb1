"""How long the portal waits for the database: for locks, for statements, and for a server that no longer answers."""
