"""Custom fields: columns of imported files that no field of the portal takes, up to fifty in a workspace.

`inspection` finds the kind of each column in the whole file, `fields` creates what is missing, `file_columns` and
`writer` read and write the values of an import, and `shown` serves the pages.
"""
