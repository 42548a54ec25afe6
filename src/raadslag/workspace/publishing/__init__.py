"""Release of what may be public, its screening, and its delivery to the archive."""
