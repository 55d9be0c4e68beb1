"""Moments, dates, time zones and durations as dialers, CRMs and spreadsheets write them. No queries."""
