"""The search page and the palette: what is found in a workspace, and what the user can do from there.

`registry` holds the sources and the actions, which each app registers for itself; `finding` asks them; `own` has those
of this app.
"""
