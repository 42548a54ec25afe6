"""Outgoing mail and calendar: a queue, one digest a day beside what is urgent, and the state of delivery by name.

A message never holds text of a closed item (I15): whoever tells something composes it from what is open.
"""
