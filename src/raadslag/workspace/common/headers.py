"""The headers of the workspace: nothing it answers is kept by a shared cache, and pages run our scripts alone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from raadslag.web.middleware import HEADERS

# The pictures of one-time codes are drawn by the login library as data addresses.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Logins leave for the identity provider, and browsers hold a form to the whole chain of its redirects.
_LEAVES = ("/konto/oidc/", "/konto/saml/")

# The worker that draws PDFs, which has a policy of its own, decodes pictures of scanners with WebAssembly.
_DECODES = "/static/dist/pdf/"


class WorkspaceHeaders:
    """Adds them to every answer; a view that needs a stricter policy has set it already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = POLICY
        if request.path.startswith(_LEAVES):
            policy = policy.replace("form-action 'self'; ", "")
        elif request.path.startswith(_DECODES):
            policy = policy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
        for name, value in {**HEADERS, "Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
