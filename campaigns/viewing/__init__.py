"""Saved views of lists of people: what they store, how they are saved, and their menu and pages."""
