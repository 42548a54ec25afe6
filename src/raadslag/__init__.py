"""Raadslag: the system that a municipality's committees work in."""

__version__ = "0.1.0"
