"""What becomes of promised callbacks when a campaign stops or a caller leaves: which ones are owed (`owed`), what
managers decide about them (`decisions`), and who takes them over (`handover`)."""
