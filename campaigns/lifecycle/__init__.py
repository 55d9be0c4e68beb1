"""A campaign from Draft to Completed: the legal transitions, what a Draft lacks, and what other apps do at its end."""
