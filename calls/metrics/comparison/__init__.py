"""Campaigns side by side: their metrics, whether they differ by more than chance, and how each went from its start."""
