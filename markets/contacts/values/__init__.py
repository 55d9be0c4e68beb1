"""What can be read in a cell of a file or a field of a form: blanks, lists, time zones and web addresses."""
