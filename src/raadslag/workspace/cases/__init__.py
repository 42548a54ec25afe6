"""Cases (sager): a text that can be decided, its attachments, its versions, and where it has been."""
