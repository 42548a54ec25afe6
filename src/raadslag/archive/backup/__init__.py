"""What a backup of the archive holds besides what every site's does: papers that wait, and its withdrawals.

The search index is not in it: it is made from the rows.

    making.back_up(Path("archive.tar.gz"), at=now)
    restoring.restore(Path("archive.tar.gz"), raadslag.backup.reading.check(Path("archive.tar.gz"), "archive"))
"""

PLACES = ("files", "waiting", "withdrawn")
"""The folders of files by hash; see `archive.files`."""
KEYS = ("secret-key",)
