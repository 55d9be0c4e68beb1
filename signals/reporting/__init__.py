"""What business-intelligence tools may read: documented SQL views of one workspace, and the roles that read them.

Definitions are in `totals.py`, `people.py` and `calling.py`. `manage.py migrate` creates the views, on PostgreSQL only.
docs/operations/reporting.md is generated from the same definitions. Decision 25 says why this is safe.
"""
