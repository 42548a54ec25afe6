"""Settings of the archive. What differs between machines comes from the environment.

`RAADSLAG_DATA`: the data folder (database, files, index, key). `RAADSLAG_HOSTS`: the host names it answers
to, parted by commas; only this machine where unset. `DATABASE_URL`: a PostgreSQL that is used in place of
SQLite in the data folder. `RAADSLAG_SECURITY_CONTACT`: a mail or web address for `security.txt`. `RAADSLAG_LOG`:
`json` for a line of JSON for each fault.
"""

import os

from raadslag.archive.folder import data_folder
from raadslag.web import database, logs
from raadslag.web.folder import refuse_half_restored, secret_key

DATA = data_folder()
refuse_half_restored(DATA, "archive")

SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("RAADSLAG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "raadslag.web",
    "raadslag.archive",
    "raadslag.archive.pages",
]
MIDDLEWARE = [
    "raadslag.web.middleware.SecurityHeaders",
    "django.middleware.http.ConditionalGetMiddleware",
    "raadslag.web.middleware.LanguageOfAddress",
    "raadslag.web.middleware.SilentDatabase",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "raadslag.archive.urls"
ASGI_APPLICATION = "raadslag.archive.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

DATABASES = {"default": database.of_environment("DATABASE_URL", "archive", DATA)}

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "raadslag.web.assets.NamedByContent"},
}

# A line of the log names a route and its answer, never a query or a text: both may hold personal data.
LOGGING = logs.configuration(os.environ.get("RAADSLAG_LOG", ""))
