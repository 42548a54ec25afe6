"""How a committee's work is evaluated, closed, and taken home as one file."""
