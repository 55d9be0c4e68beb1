"""The files of imports: uploads, the rows that were rejected, and their removal once nobody needs them."""
