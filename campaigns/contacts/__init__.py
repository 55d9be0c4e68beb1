"""What merging and erasing a contact do to the rows of this app."""
