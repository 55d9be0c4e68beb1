"""Presets: how files with one set of headers are read.

A preset that ships is a data file in `shipped/` and is recognised by its headers. A preset of a workspace (the model
ImportPreset) remembers what users said about such files, and is the source whose word an import carries.

`ImportPreset.options` and `ImportJob.options` use the same keys:

- `map`: the field of each column by its header, "" for a column that is not read; `map_order`: the headers in order of
  preference, for fields with several columns.
- `results`: the disposition of each of the dialer's words for a result; "" for a word that a user has to explain.
- `undecided`: by field, words that count only where no other column of the field says anything.
- `timezone` and `date_order`, and how the table is read (markets.imports.readers).

What a user says for one file comes before what is remembered, then what ships, and what nobody said is guessed.
"""

from markets.imports.presets.reading import Reading, read_file
from markets.imports.presets.shipped import ShippedPreset, recognise, shipped_presets
from markets.imports.presets.sources import find_preset, remember, source_of

__all__ = [
    "Reading",
    "ShippedPreset",
    "find_preset",
    "read_file",
    "recognise",
    "remember",
    "shipped_presets",
    "source_of",
]
