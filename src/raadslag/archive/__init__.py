"""The public site: takes in records, keeps every version of them and shows them to everyone.

It has settings, a database and a process of its own, and holds nothing but what is public, apart from the
list of papers that wait, which no page and no search reads.
"""
