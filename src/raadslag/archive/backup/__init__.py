"""The whole archive in one file, and back, on either database.

A backup is a tar: the rows of each table as JSON lines, the bytes of each file under its hash, the archive's key and
its withdrawals, and last `manifest.json`, which names all that must be there. The search index is not in it: it is
made from the rows.

    making.back_up(Path("archive.tar.gz"), at=now)
    manifest = reading.check(Path("archive.tar.gz"))    # whole, unharmed and of a kind that is known
    restoring.restore(Path("archive.tar.gz"), manifest)
"""
