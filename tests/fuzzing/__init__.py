"""What a client may send to every address of the portal, and what must never come of it."""
