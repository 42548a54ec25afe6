"""The workspace as an ASGI application, for uvicorn or any other server.

What is loaded here stays, so the collector of unused memory is told to leave it alone: to go through all of it stops
every request for a tenth of a second, again and again while many follow a meeting.
"""

from __future__ import annotations

import gc
import os
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.workspace.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

from raadslag.workspace.threads import Threads

application = Threads(get_asgi_application())
import_module(settings.ROOT_URLCONF)  # and with it every view
gc.collect()
gc.freeze()
