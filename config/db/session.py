"""What PostgreSQL is told about each connection of the portal: how it plans, and for how long a page may keep it busy.

It is told so when the connection opens. Behind a pooler in transaction mode a connection of the server is everybody's,
so there the roles have these settings instead: docs/operations/poolers.md.
"""

from collections.abc import Mapping

PLANNER = {"max_parallel_workers_per_gather": "0", "jit": "off", "random_page_cost": "1.1"}
"""Queries of pages take milliseconds: starting parallel workers or JIT compilation would take longer. Indexes are in
memory or on an SSD: with the default cost of random reads PostgreSQL would scan whole tables."""
LIMITS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
"""On the time that a page's statements, lock waits and idle transactions may take: one runaway statement or forgotten
lock would hold up everybody else. Processes that serve pages (config/wsgi.py) have them, commands have none. On SQLite,
writers wait for each other as long as the Django settings say."""


def start_up_options(settings: Mapping[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
