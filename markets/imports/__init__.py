"""How files are imported: an upload or a command creates a job, the readers turn the file into rows, the mapping names
their fields, and the runner passes chunks of rows to the writer of the file's kind, each chunk in one transaction with
its checkpoint. Contacts and suppressions are written here; apps above register the writers of other kinds."""
