"""Whom a campaign calls next (`ranking`), why (`explanations`), and at what hours of the contact's day (`calling_hours`)."""
