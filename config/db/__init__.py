"""Database tools that know no app: bulk writes, composite keys, as-of queries, statement timeouts, expressions."""
