"""Merging and erasing contacts, as far as it concerns calls and memberships."""
