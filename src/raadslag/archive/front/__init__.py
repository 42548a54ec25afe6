"""What stands between the network and the pages: who may ask, what is kept in memory, how much is made at once.

    application = app.Front(...)        # an ASGI application; `archive.asgi` puts it together

A finished answer is kept for the public revision and the day that it was made for, and sent again without asking
the database. Whoever floods is answered 429, and what comes while all hands are busy 503, each with the seconds to
wait. Only the address, the host and the scheme reach a page: no answer can depend on who asks.
"""
