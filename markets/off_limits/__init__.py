"""Firms and people that the client wants left alone: adding and lifting entries, and marking the people of a list."""
