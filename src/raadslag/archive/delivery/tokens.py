"""Tokens: the right to deliver for one body. The archive keeps only their hashes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from raadslag.archive import journal, recognition
from raadslag.archive.curation import NotPossible
from raadslag.archive.filing import Filing
from raadslag.archive.models import Body, BodyName, IntakeToken
from raadslag.archive.slugs import body_slug

# So that a token is known as one wherever it is left lying about.
_MARK = "raadslag_"


def make(body: str, *, label: str, by: str, at: datetime) -> tuple[IntakeToken, str]:
    """A token for the body of that name or slug, and its text, which nobody can ever read again.

    A body that is not known yet is made; it shows nowhere before something of it does. Raises NotPossible for a name
    without letters.
    """
    text = _MARK + secrets.token_urlsafe(32)
    with journal.writing():
        token = IntakeToken.objects.create(body=_body(body), label=label[:100], hash=_hash(text), created_at=at)
        about = {"token": token.pk, "body": token.body_id}
        journal.write("token_made", by=by, at=at, about=about, is_public=False)
    return token, text


def revoke(number: int, *, by: str, at: datetime) -> IntakeToken:
    """Let the token of that number open nothing any more. Raises NotPossible where there is none in force."""
    with journal.writing():
        token = IntakeToken.objects.filter(pk=number, revoked_at=None).select_related("body").first()
        if token is None:
            remedy = "`raadslag archive token list` shows all."
            raise NotPossible(f"token {number}", "a token in force", "none of that number", remedy)
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        about = {"token": token.pk, "body": token.body_id}
        journal.write("token_revoked", by=by, at=at, about=about, is_public=False)
    return token


def find(text: str) -> IntakeToken | None:
    """The token of that text, if it is in force. It is looked up by its hash, so the time taken tells nothing of it."""
    return IntakeToken.objects.filter(hash=_hash(text), revoked_at=None).select_related("body__merged_into").first()


def body_of(token: IntakeToken) -> Body:
    """The body that the token is for: what its own was merged into, if it was."""
    body: Body = token.body
    while body.merged_into:
        body = body.merged_into
    return body


def _body(written: str) -> Body:
    named = BodyName.objects.filter(key=recognition.body_key(written)).select_related("body").first()
    if known := Body.objects.filter(slug=written).first() or (named and named.body):
        return known
    if not body_slug(written):
        raise NotPossible(repr(written[:80]), "the name of a municipality", "one without letters", "Give its name.")
    return Filing([]).body_of(written)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
