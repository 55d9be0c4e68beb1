"""The sections of a report: each function makes one from the facts, or from the document so far."""
