"""All that a workspace knows of one person, for the person: as data and to read.

Texts are as they were written, so a note may mention others: whoever hands the export over reads it first. What was
written about other people is left out, even if it mentions this person. Names of users are in it.
"""
