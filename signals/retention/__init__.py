"""How long a workspace keeps what it knows: notes of calls, and people who were never called.

`rules` finds what is older than its managers want it kept, `apply` empties and erases it.
"""
