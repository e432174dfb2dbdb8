"""Settings of Huzhou Targets, all of them read from the environment.

Two modes:

* **embedded** (the default): SQLite, the broker's folder, uploads and a generated secret live in
  ``var/``; the site answers on this machine only. Nothing has to be set.
* **server** (``HUZHOU_MODE=server``, or a PostgreSQL ``DATABASE_URL``): nothing is generated and
  nothing secret has a default. What is missing stops the start with a message that says what to
  set. ``deploy/env.example`` lists every variable.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from huzhou_targets.logs import logging_config
from huzhou_targets.private_files import load_or_create_secret, private_folder

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()


# --- mode -------------------------------------------------------------------------------------

DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").resolve()
_database_url = env.str("DATABASE_URL", "")
_default_mode = "server" if _database_url.startswith(("postgres", "pgsql")) else "embedded"
MODE = env.str("HUZHOU_MODE", "") or _default_mode
if MODE not in {"embedded", "server"}:
    raise ImproperlyConfigured(f"HUZHOU_MODE must be 'embedded' or 'server', not {MODE!r}.")
EMBEDDED = MODE == "embedded"


def _required(name: str, how: str) -> str:
    """The variable's text; outside the embedded mode a missing one stops the start."""
    value = env.str(name, "").strip()
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. The server mode has no default for it: {how} "
            "See deploy/env.example. For a trial on this machine unset DATABASE_URL and HUZHOU_MODE."
        )
    return value


def _listed(name: str) -> list[str]:
    """The variable's comma-separated parts without blanks."""
    return [part.strip() for part in env.str(name, "").split(",") if part.strip()]


private_folder(DATA_DIR)
DEBUG = env.bool("DEBUG", False)

if EMBEDDED:
    SECRET_KEY = env.str("SECRET_KEY", "") or load_or_create_secret(DATA_DIR / "secret_key")
    ALLOWED_HOSTS = _listed("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
else:
    SECRET_KEY = _required(
        "SECRET_KEY",
        "make one with `python -c 'import secrets; print(secrets.token_urlsafe(64))'` and keep it private.",
    )
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters; make a longer random one.")
    _required("ALLOWED_HOSTS", "give the host names of the site, parted by commas.")
    ALLOWED_HOSTS = _listed("ALLOWED_HOSTS")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS may not contain '*'; name the hosts of the site.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG shows settings and data to visitors; unset it in the server mode.")
    _required("DATABASE_URL", "for example postgres://huzhou:PASSWORD@127.0.0.1:5432/huzhou_targets.")

CSRF_TRUSTED_ORIGINS = _listed("CSRF_TRUSTED_ORIGINS")
PORT = env.int("HUZHOU_PORT", 8000)


# --- apps -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "audit",
    "districts",
    "accounts",
    "indicators",
    "parks",
    "returns",
    "reminders",
    "rankings",
    "dashboards",
    "bulletins",
    "worklist",
    "huzhou_targets",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "qsessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "health_check",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_password_validators",
    "django_password_validators.password_history",
]

MIDDLEWARE = [
    "huzhou_targets.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huzhou_targets.middleware.PermissionsPolicyMiddleware",
    "qsessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audit.context.AuditContextMiddleware",
    "huzhou_targets.middleware.IdleTimeoutMiddleware",
    "huzhou_targets.middleware.KeepNothingMiddleware",
    "audit.middleware.AccessTrailMiddleware",
    "accounts.middleware.SignInStepsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huzhou_targets.urls"
WSGI_APPLICATION = "huzhou_targets.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


# --- language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True


# --- database and cache -----------------------------------------------------------------------

if not _database_url:
    _database_url = f"sqlite:///{DATA_DIR / 'huzhou_targets.sqlite3'}"

DATABASES: dict[str, Any] = {"default": {**dj_database_url.parse(_database_url)}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the start, so two writers queue up (for `timeout` seconds)
    # and neither fails half-way. WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000; "
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-20000;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


# --- files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = private_folder(DATA_DIR / "static")
_frontend = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [
    *([_frontend] if _frontend.is_dir() else []),
    ("manual", BASE_DIR / "docs" / "screenshots"),
]
# The embedded mode serves straight from the apps' folders; a server runs `collectstatic` once and
# then serves compressed files whose names carry their digest.
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Uploads are private: no URL serves this folder, pages hand out a file after checking the right.
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_TEMP_DIR = private_folder(DATA_DIR / "tmp")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 20 * 1024 * 1024)
# Evidence files of a figure: bytes of one file, files in force at a time, and kinds, decided by content
# (returns/evidence_files.py names those that can be told apart).
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", 10 * 1024 * 1024)
EVIDENCE_FILES_MAX = env.int("EVIDENCE_FILES_MAX", 20)
EVIDENCE_KINDS = env.list("EVIDENCE_KINDS", ["pdf", "ofd", "jpg", "png", "docx", "xlsx"])
# The signed scan of a 报送单: bytes of one file (PDF, JPG or PNG, decided by content).
SIGNED_SCAN_MAX_BYTES = env.int("SIGNED_SCAN_MAX_BYTES", 10 * 1024 * 1024)
# What an uploaded workbook may hold (rows, columns and cells of all sheets, bytes once inflated, times its
# packed size) and what reading it may cost (bytes, seconds). The rest are defaults of returns/workbook/grid.py.
READING_LIMITS = {
    "rows": env.int("READING_ROWS_MAX", 200_000),
    "columns": env.int("READING_COLUMNS_MAX", 600),
    "cells": env.int("READING_CELLS_MAX", 2_500_000),
    "sheets": env.int("READING_SHEETS_MAX", 64),
    "inflated_bytes": env.int("READING_INFLATED_BYTES_MAX", 400 * 1024 * 1024),
    "ratio": env.int("READING_RATIO_MAX", 250),
    "memory_bytes": env.int("READING_MEMORY_BYTES_MAX", 1536 * 1024 * 1024),
    "cpu_seconds": env.int("READING_CPU_SECONDS_MAX", 40),
    "wall_seconds": env.int("READING_SECONDS_MAX", 60),
}


# --- accounts and sessions --------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "huzhou_targets.password_validation.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "huzhou_targets.password_validation.CharacterClassesValidator", "OPTIONS": {"classes": 3}},
    {
        "NAME": "huzhou_targets.password_validation.UnusedPasswordValidator",
        "OPTIONS": {"last_passwords": env.int("PASSWORD_HISTORY", 5)},
    },
]
# After so many days the password has to be changed at the next sign-in; 0 means never.
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", 90)
# A one-time code after the password: for accounts that have enrolled always, with this for everybody.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", False)
OTP_TOTP_ISSUER = "湖州目标晾晒"
OTP_TOTP_THROTTLE_FACTOR = 1

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

SESSION_ENGINE = "qsessions.backends.db"  # knows whose a session is, so that it can be listed and ended
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", 30) * 60
SESSION_COOKIE_AGE = SESSION_IDLE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# The account is locked, wherever the attempts come from: behind the offices' proxies one address
# stands for many people, and one attacker may use many addresses.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
# One address that tries many accounts is stopped as well, at a number that a whole office behind one proxy
# does not reach by mistyping.
SIGN_IN_FAILURES_PER_ADDRESS = env.int("SIGN_IN_FAILURES_PER_ADDRESS", 50)
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # asks for the address among the parameters: see above
    "security.W005",  # what holds for sibling hosts of the city's domain is not ours to decide
    "security.W021",
]
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"


# How long the trail is kept at least; nothing in the product ever deletes an entry.
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", 365)


# --- what a browser may do --------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Only these may say whom they speak for (X-Forwarded-For); nobody does in the embedded mode.
TRUSTED_PROXIES = _listed("TRUSTED_PROXIES") or ([] if EMBEDDED else ["127.0.0.1", "::1"])

# HTTPS ends at the proxy in front (deploy/nginx.conf), which must set X-Forwarded-Proto itself.
HTTPS = env.bool("HTTPS", not EMBEDDED)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS


# --- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "huzhou_targets.api_errors.handle",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 100,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Huzhou Targets",
    "DESCRIPTION": "目标分解、季报与晾晒榜的接口",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}


# --- reminders and mail -----------------------------------------------------------------------

# How reminders go out, as dotted paths of reminders.channels.Channel classes; the first are ours.
REMINDER_CHANNELS = _listed("REMINDER_CHANNELS") or [
    "reminders.channels.BellChannel",
    "reminders.channels.EmailChannel",
]
# Reminders by the clock go out from this hour of the day on (Asia/Shanghai).
REMINDER_HOUR = env.int("REMINDER_HOUR", 9)
# How people reach this site: stands in front of the pages that a reminder names.
SITE_ADDRESS = (
    env.str("SITE_ADDRESS", "") or (f"http://127.0.0.1:{PORT}" if EMBEDDED else f"https://{ALLOWED_HOSTS[0]}")
).rstrip("/")

EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "") or "huzhou-targets@localhost"
# Without a mail server mails are written to the output of the worker.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"


# --- Celery -----------------------------------------------------------------------------------
# The database is the truth: a recompute request is a row, the message only rings a bell, and the
# sweep below picks up every row whose bell was lost.

JOB_SECONDS_MAX = 20 * 60

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or REDIS_URL or "private-files://localhost"
if CELERY_BROKER_URL.startswith(("private-files:", "filesystem:")):
    _broker = private_folder(DATA_DIR / "broker")
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(private_folder(_broker / "messages")),
        "data_folder_out": str(private_folder(_broker / "messages")),
        "control_folder": str(private_folder(_broker / "control")),
        # Without this each message passes through the machine's shared temporary folder.
        "store_processed": True,
        "processed_folder": str(private_folder(_broker / "processed")),
        "polling_interval": 0.1,
    }
else:
    # A message not acknowledged within visibility_timeout is delivered again, so it has to be
    # longer than the longest job; the restore settings let that happen soon after a killed worker's
    # time is up (Celery looks only every hundred seconds by default).
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": JOB_SECONDS_MAX + 5 * 60,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 3,
    }

CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = JOB_SECONDS_MAX
CELERY_TASK_SOFT_TIME_LIMIT = JOB_SECONDS_MAX - 60
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# Two plain intervals need no memory of their last run, so there is no file to be damaged by a kill.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 5.0)
# How long a worker may hold a recompute request before the sweep takes it for dead; longer than the
# longest recomputation.
REBUILD_LEASE_SECONDS = env.float("REBUILD_LEASE_SECONDS", 60.0)
# How often the calendars are looked at. Whether a return is still taken is asked of the clock itself, so a late
# look changes no deadline.
CALENDAR_SECONDS = env.float("CALENDAR_SECONDS", 60.0)
REMINDER_SECONDS = env.float("REMINDER_SECONDS", 300.0)
CELERY_BEAT_SCHEDULE = {
    "sweep-uploads": {
        "task": "returns.sweep_uploads",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": max(SWEEP_SECONDS, 10.0)},
    },
    "sweep-rebuild-requests": {
        "task": "rankings.sweep_rebuild_requests",
        "schedule": SWEEP_SECONDS,
        # An old sweep does nothing a new one would not do.
        "options": {"expires": max(SWEEP_SECONDS, 10.0)},
    },
    "follow-calendar": {
        "task": "returns.run_calendar",
        "schedule": CALENDAR_SECONDS,
        "options": {"expires": CALENDAR_SECONDS},
    },
    "freeze-by-calendar": {
        "task": "rankings.follow_calendar",
        "schedule": CALENDAR_SECONDS,
        "options": {"expires": CALENDAR_SECONDS},
    },
    "send-reminders": {
        "task": "reminders.send_due",
        "schedule": REMINDER_SECONDS,
        "options": {"expires": REMINDER_SECONDS},
    },
    "prune-broker-folder": {
        "task": "huzhou_targets.prune_broker_folder",
        "schedule": 15 * 60.0,
        "options": {"expires": 15 * 60.0},
    },
}


# --- logging ----------------------------------------------------------------------------------

LOGGING_CONFIG = None  # set up at once, so that lines from the start-up have the same form
LOG_LEVEL = env.str("LOG_LEVEL", "WARNING" if EMBEDDED else "INFO").upper()
LOGGING = logging_config(level=LOG_LEVEL, json=env.bool("LOG_JSON", not EMBEDDED))
