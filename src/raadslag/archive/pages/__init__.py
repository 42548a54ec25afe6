"""What everyone may see, as pages: front, committees, meetings, items, decisions and search."""
