"""Backups: made from one snapshot of the database with the uploads it refers to, restored, and compared.

A backup is a folder: the database, the uploads and the figures that a restored database must show, a manifest, and
SHA256SUMS. It stands here, and not lower, because the figures are those of calls.
"""
