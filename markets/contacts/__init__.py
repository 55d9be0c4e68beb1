"""Contacts: normalising their fields, finding likely duplicates, and merging and erasing their rows in this app."""
