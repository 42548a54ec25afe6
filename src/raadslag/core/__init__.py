"""Records of committees' meetings, and what turns documents into them and back.

    from raadslag.core import read, write, public
"""
