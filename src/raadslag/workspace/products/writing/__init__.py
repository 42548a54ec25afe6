"""Several people in one part at once (decision 33): the text as blocks and as a Yjs document, kept and passed on."""
