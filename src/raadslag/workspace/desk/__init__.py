"""Composed pages that draw on many nouns: Min side, search, and what frames every page."""
