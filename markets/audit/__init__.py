"""The audit log: what it says of signing in, reading and exporting; its pages, how long it is kept, and how a row is
named that an event mentions. Domain functions record their own events (markets.workspaces.audit)."""
