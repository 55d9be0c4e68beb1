"""Every page, with every filter, sort and page of each list: how long it takes and what it reads."""
