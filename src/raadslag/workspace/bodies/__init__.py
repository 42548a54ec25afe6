"""The municipality, its council, committees and groups: who sits where, for how long, with what mandate and rules."""
