"""Tags on people and campaigns: adding and removing them, and the list of a workspace's tags."""
