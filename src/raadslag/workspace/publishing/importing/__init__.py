"""Papers of other systems: brought, read in the background, looked through by a person, and then past meetings (A22).

Nothing is public by an import: no Release is made here (I3, I33).
"""
