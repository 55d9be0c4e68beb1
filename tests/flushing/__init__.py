"""An app of the tests: lets transactional tests empty the tables that are append-only."""
