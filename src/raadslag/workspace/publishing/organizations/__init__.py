"""What a committee, council or group is: its mandate and members, let out by a person's press and never by themselves.

Whatever changes in the house afterwards stays there until somebody presses again; the page and the secretary's list say
that what is public is older. Source: docs/decisions/0027-a-committee-is-a-record.md.
"""
