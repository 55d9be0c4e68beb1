"""What operators need to know: who works, what ran, and whether the portal is well."""
