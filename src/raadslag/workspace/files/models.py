"""StoredFile: bytes by their hash."""

from __future__ import annotations

from typing import Any

from django.db import models


class StoredFile(models.Model):
    """A file as it was brought. What it is called and who may see it belongs to each use of it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True)
    hits: Any = models.JSONField(default=list)  # what screening found: rule, reason, place; numbers masked
    is_screened = models.BooleanField(default=False)  # a file that holds no text a program can read is not
    brought_at = models.DateTimeField()
