"""Files of people: parsing rows, matching each with a contact, and writing contacts a chunk at a time, with everything
else that a row says about its contact (extras)."""
