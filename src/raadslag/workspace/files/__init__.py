"""Stored bytes by their hash, with what they show and what screening found. Each use has a route of its own."""
