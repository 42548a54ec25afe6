"""The workspace: where a municipality's committees do their work. What is here has not left the house.

The apps stand in line; each imports only from those above it: common, people, bodies, messages, files, cases, meetings,
reading, desk.
"""
