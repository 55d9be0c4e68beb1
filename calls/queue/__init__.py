"""Which contact a campaign calls next (`ranking`), why (`explanations`), who has them meanwhile (`leases`), and the
hours in which a contact may be called (`calling_hours`)."""
