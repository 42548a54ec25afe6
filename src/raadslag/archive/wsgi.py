"""The archive as a WSGI application, for servers that speak it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.archive.settings")

application = get_wsgi_application()
