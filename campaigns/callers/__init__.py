"""Who makes a campaign's calls: who is handed people (`eligible`), whose people its members are (`assignment`), and
what happens when callers come and go (`services`)."""
