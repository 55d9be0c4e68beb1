"""Notes on people and campaigns, the users whom they mention by @name, and the mails that tell them."""
