"""Settings of the workspace. What differs between machines comes from the environment.

`RAADSLAG_WORKSPACE`: the data folder (database, files, key). `RAADSLAG_WORKSPACE_DATABASE`: a PostgreSQL that is used
in place of SQLite in the data folder. `RAADSLAG_WORKSPACE_ADDRESS`: the address that people use, such as
`https://raadslag.proeve.example`; links in mails begin with it, and no other host is answered.
`RAADSLAG_MAIL`: the mail server, `smtp://USER:PASSWORD@HOST:PORT` (`smtps://` for TLS from the first byte,
`?starttls` for TLS after it); where unset, mails wait. `RAADSLAG_MAIL_FROM`: the sender. `RAADSLAG_CHECKPOINTS`: the
folder outside the data folder to which the journal's signed checkpoint goes each day. `RAADSLAG_LOGIN`: a TOML file
with OpenID Connect and SAML providers (docs/guide/login.md). `RAADSLAG_ARCHIVE`: where the archive takes in what is
released, such as `https://arkiv.proeve.example`; `RAADSLAG_ARCHIVE_TOKEN`: its token (`raadslag archive token`); where
unset, what is released waits. `RAADSLAG_LOG`: `json` for a line of JSON for each request and fault.
`RAADSLAG_ALARM_MAIL`: whom `raadslag watch` tells of an alarm. `RAADSLAG_METRICS_TOKEN`: who brings it sees the figures
of `/metrics` from elsewhere, too.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from raadslag.web import database, logs
from raadslag.web.folder import data_folder, refuse_half_restored, secret_key
from raadslag.workspace.environment import login_providers, mail_server

DATA = data_folder("RAADSLAG_WORKSPACE", "workspace")
refuse_half_restored(DATA, "workspace")
SECRET_KEY = secret_key(DATA)
DEBUG = False

ADDRESS = os.environ.get("RAADSLAG_WORKSPACE_ADDRESS", "http://127.0.0.1:8001").rstrip("/")
_address = urlsplit(ADDRESS)
IS_SECURE = _address.scheme == "https"
ALLOWED_HOSTS = [_address.hostname or "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None

ARCHIVE = os.environ.get("RAADSLAG_ARCHIVE", "").rstrip("/")
ARCHIVE_TOKEN = os.environ.get("RAADSLAG_ARCHIVE_TOKEN", "")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "raadslag.web",
    "raadslag.workspace.common",
    "raadslag.workspace.people",
    "raadslag.workspace.bodies",
    "raadslag.workspace.messages",
    "raadslag.workspace.files",
    "raadslag.workspace.cases",
    "raadslag.workspace.meetings",
    "raadslag.workspace.minutes",
    "raadslag.workspace.products",
    "raadslag.workspace.deliberation",
    "raadslag.workspace.followup",
    "raadslag.workspace.reading",
    "raadslag.workspace.closing",
    "raadslag.workspace.publishing",
    "raadslag.workspace.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
]
MIDDLEWARE = [
    "raadslag.web.requests.Requests",
    "raadslag.workspace.common.headers.WorkspaceHeaders",
    "raadslag.web.middleware.SilentDatabase",
    "raadslag.workspace.common.watching.Watched",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "raadslag.workspace.people.language.LanguageOfPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "raadslag.workspace.people.seen.Seen",
    "raadslag.workspace.common.gate.Gate",
]
ROOT_URLCONF = "raadslag.workspace.urls"
ASGI_APPLICATION = "raadslag.workspace.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "desk" / "templates"],  # the pages around a login are ours, not the library's
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "raadslag.workspace.desk.context.of_page",
            ]
        },
    }
]
DATABASES = {"default": database.of_environment("RAADSLAG_WORKSPACE_DATABASE", "workspace", DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "raadslag.web.assets.NamedByContent"},
}
FILE_UPLOAD_TEMP_DIR = str(DATA)  # nothing that is closed passes through a folder that others may read
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a long paper that is looked through has a field for each thing that it says
DATA_UPLOAD_MAX_NUMBER_FILES = 250

MAIL = mail_server(os.environ.get("RAADSLAG_MAIL", ""))
MAIL_FROM = os.environ.get("RAADSLAG_MAIL_FROM", f"raadslag@{ALLOWED_HOSTS[0]}")
EMAIL_BACKEND = "raadslag.workspace.messages.backend.Queued"
DEFAULT_FROM_EMAIL = MAIL_FROM
ALARM_MAIL = os.environ.get("RAADSLAG_ALARM_MAIL", "")
METRICS_TOKEN = os.environ.get("RAADSLAG_METRICS_TOKEN", "")
CHECKPOINTS = os.environ.get("RAADSLAG_CHECKPOINTS", "")

# --- login ---

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "raadslag"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "raadslag.workspace.common.views.form_too_old"

ACCOUNT_ADAPTER = "raadslag.workspace.people.login.Accounts"
SOCIALACCOUNT_ADAPTER = "raadslag.workspace.people.login.Providers"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are entered by a secretary; whoever gets the code has the mailbox
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail goes to an address that nobody has entered
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE
MFA_TOTP_ISSUER = "Raadslag"
MFA_TOTP_TOLERANCE = 1  # steps of half a minute: a code may be typed slowly, and a clock be off (RFC 6238, 5.2)
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_PROVIDERS, LEVELS = login_providers(os.environ.get("RAADSLAG_LOGIN", ""))
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "common_cache"}}

# A line of the log names a route and its answer, never a query or a text: both may hold personal data.
LOGGING = logs.configuration(os.environ.get("RAADSLAG_LOG", ""))
