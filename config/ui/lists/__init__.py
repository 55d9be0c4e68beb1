"""Lists: tables with their columns, filters and the chips of those chosen, short addresses, and exports."""
