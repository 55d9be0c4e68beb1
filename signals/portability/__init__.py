"""A workspace as one file: written by one installation, read elsewhere by any program, or by another installation.

Everything is driven by the models: a table with a key to the workspace is in the file unless `contents.py` gives a
reason against it, and so is each of its columns.
"""
