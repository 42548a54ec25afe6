"""Delivery: what a workspace brings over HTTP, with a token that is bound to one body.

`tokens` tells who brings, `staging` keeps files until a record names them, `delivering` takes in records and
withdrawals through `archive.intake` and `archive.curation`, and `views` speaks HTTP. docs/decisions/0017 tells the
protocol and why it is so.
"""
