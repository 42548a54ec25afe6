"""People, and the users who log in as them."""
