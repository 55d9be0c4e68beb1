"""Capturing signals: the vocabulary of types and values, the only code that writes them, and their corrections.

A signal always belongs to a call that was a conversation. Signals are never overwritten: a newer signal of the same
type supersedes the older one. `contradictions` lists combinations that a form asks the user to confirm.
"""
