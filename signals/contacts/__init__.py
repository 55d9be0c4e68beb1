"""A contact across all apps: merging two contacts, erasing one, and the timeline of everything that happened to it."""
