"""The calls' and memberships' part of merging and erasing a contact."""
