"""What the palette finds of campaigns, the pages of this app, and what can be begun there."""
