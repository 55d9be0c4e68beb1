"""The completion report of a campaign: a document that is frozen when the campaign is completed.

`shape` describes the document, `build` makes it from the database as of a moment, `freeze` stores it, `presentation`
prepares it for templates/reports/document.html and `workbook` for a spreadsheet. `differences` says what has changed
since, and `erasure` replaces an erased person in documents that are stored.
"""
