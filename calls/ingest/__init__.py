"""How calls come from a dialer: parsing what it reports, finding the contacts that it means, creating or amending the
calls, and undoing an import. The same code serves files of calls and the API."""
