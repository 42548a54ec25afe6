"""A whole site in one file, and back, on either database; the same for the archive and for the workspace.

A backup is a tar: the rows of each table as JSON lines, the bytes of each file under its hash, the site's keys, and at
its end `manifest.json`, which names all that must be there. One file may hold both sites, each below a folder of its
name. What a site is made of, the site says itself (`shape.Site`).

    making.back_up(SITE, Path("site.tar.gz"), at=now)
    manifest = reading.check(Path("site.tar.gz"), "site")    # whole, unharmed and of a kind that is known
    restoring.restore(SITE, Path("site.tar.gz"), manifest, settle)
"""
