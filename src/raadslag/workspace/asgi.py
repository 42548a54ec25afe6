"""The workspace as an ASGI application, for uvicorn or any other server."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.workspace.settings")

from django.core.asgi import get_asgi_application

from raadslag.workspace.threads import Threads

application = Threads(get_asgi_application())
