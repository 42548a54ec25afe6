"""How far a commitment is: let out by a person's press, as mandate and members are, and only where the decision that it
stems from is public.

Source: docs/decisions/0040-what-was-promised-is-a-record.md.
"""
