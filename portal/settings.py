"""The one settings file. What differs between set-ups comes from the environment (see `portal/env.py`)."""

import os
import socket
import tempfile
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal.env import BASE_DIR, EMBEDDED, VAR_DIR, database, media_storage, read, secret
from portal.logs import logging_config

VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
DEBUG = read.bool("DEBUG", False)
SECRET_KEY = secret("SECRET_KEY")
PUBLIC_URL = read.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = read.list("ALLOWED_HOSTS", default=[_public.hostname or "", "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "portal",
    "accounts",
    "estates.jobs",
    "estates.connections",
    "estates.webhooks",
    "estates.catalogue",
    "estates.wordpress",
    "estates.leads",
    "estates.syndication",
    "support",
    "allauth",
    "allauth.account",
    "accounts.apps.SecondFactorsConfig",
    "accounts.apps.OpenSessionsConfig",
    "django_htmx",
    "csp",
    "portal.operators.apps.OperatorsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "portal.static_files.UsedStaticFiles",
]

MIDDLEWARE = [
    "portal.observed.Observed",
    "portal.middleware.MachinesFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.impersonation.middleware.ImpersonationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.NotAllowedPage",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "django.template.context_processors.i18n",
                "portal.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.templatetags.passerelle",
            ],
        },
    }
]

DATABASES = {"default": database()}
DATABASE_ROLE = "" if EMBEDDED else os.environ.get("DATABASE_ROLE", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True
ALLAUTH_TRUSTED_PROXY_COUNT = read.int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_step.SecondStepForm",
    "reauthenticate": "accounts.second_step.ConfirmingCodeForm",
    "activate_totp": "accounts.second_step.SwitchOnAppForm",
    "add_webauthn": "accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.passkeys.RenamePasskeyForm",
    "login_webauthn": "accounts.passkeys.PasskeyLoginForm",
    "authenticate_webauthn": "accounts.passkeys.SecondFactorPasskeyForm",
    "reauthenticate_webauthn": "accounts.passkeys.ConfirmingPasskeyForm",
}
MFA_TOTP_ISSUER = "Passerelle"
# fido2 takes http for an insecure origin even on loopback, where browsers allow passkeys.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
INVITATION_DAYS = 7

# The vault and the remote systems

VAULT_KEYS = [key for key in secret("VAULT_KEYS").split(",") if key]
REMOTE_URLS = {
    ("ts_immo", "production"): read.str("TS_IMMO_URL", "https://api.ts-immo.org/v1"),
    ("marketing_lab", "production"): read.str("MARKETING_LAB_URL", "https://api.marketing-lab.immo/api/v1"),
    ("aviv", "production"): read.str("AVIV_URL", "https://api.aviv-group.com/seeker-leads/v1"),
    ("aviv", "sandbox"): read.str("AVIV_SANDBOX_URL", "https://api.aviv-group.com/sandbox/seeker-leads/v1"),
    ("seeki", "production"): read.str("SEEKI_URL", "https://ingest.seeki.eu/v1"),
    ("seeki", "sandbox"): read.str("SEEKI_STAGING_URL", "https://ingest.seeki.store/v1"),
}
AVIV_TOKEN_URL = read.str("AVIV_TOKEN_URL", "https://auth.api.aviv-group.com/oauth/token")
API_CALLS_A_MINUTE = read.int("API_CALLS_A_MINUTE", 600)
API_COUNT_SECONDS = read.int("API_COUNT_SECONDS", 5)
FEED_MAX_MB = read.int("FEED_MAX_MB", 1_100)
CATALOGUE_FETCHES = read.int("CATALOGUE_FETCHES", 10)
SITE_ADDRESSES = read.str("SITE_ADDRESSES", "")
SITE_CA_FILE = read.str("SITE_CA_FILE", "")
REPLAY_COOLDOWN_MINUTES = read.int("REPLAY_COOLDOWN_MINUTES", 60)
MAP_TILE_URL = read.str("MAP_TILE_URL", "https://tile.openstreetmap.org/{z}/{x}/{y}.png")
MAP_TILE_CREDIT = read.str("MAP_TILE_CREDIT", "© OpenStreetMap")
SUPPORT_FILE_MB = read.int("SUPPORT_FILE_MB", 25)
SUPPORT_TICKET_MB = read.int("SUPPORT_TICKET_MB", 50)
SUPPORT_TICKET_FILES = read.int("SUPPORT_TICKET_FILES", 10)
SUPPORT_AGENCY_MB = read.int("SUPPORT_AGENCY_MB", 2000)

# Jobs and the worker

REDIS_URL = os.environ.get("REDIS_URL", "")
JOB_LEASE_SECONDS = read.float("JOB_LEASE_SECONDS", 60)
JOB_SLICE_SECONDS = read.float("JOB_SLICE_SECONDS", 8)
JOB_AGENCY_CAP = read.int("JOB_AGENCY_CAP", 2)
JOB_RELAY_SECONDS = read.float("JOB_RELAY_SECONDS", 0.5)

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "socket_timeout": 3,
        "socket_connect_timeout": 1,
        "health_check_interval": 10,
    }
    CACHES = {"default": {"BACKEND": "portal.caches.LenientRedisCache", "LOCATION": REDIS_URL}}
else:
    _broker = VAR_DIR / "broker"
    for folder in ("queue", "control", "taken"):
        (_broker / folder).mkdir(parents=True, exist_ok=True)
    # kombu moves a message through the temporary folder: on one file system that is one step, across two it is
    # a copy and a deletion, between which a second worker may take the message too.
    tempfile.tempdir = str(_broker / "taken")
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "portal.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.05,
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
# A task that kills its worker would otherwise come back for ever; the relay counts such deaths instead.
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = JOB_RELAY_SECONDS
CELERY_BEAT_SCHEDULE = {
    "relay": {
        "task": "jobs.relay",
        "schedule": JOB_RELAY_SECONDS,
        # A relay that nobody took in time has been overtaken by the next one.
        "options": {"expires": 10},
    },
    "pulse": {"task": "jobs.pulse", "schedule": 15.0, "options": {"expires": 15}},
    "forget-jobs": {"task": "jobs.forget_old", "schedule": 86_400.0, "options": {"expires": 3600}},
    "forget-runs": {"task": "catalogue.forget_old_runs", "schedule": 86_400.0, "options": {"expires": 3600}},
    "sites-due": {"task": "wordpress.look_at_due_sites", "schedule": 60.0, "options": {"expires": 60}},
    "forget-looks": {
        "task": "wordpress.forget_old_looks",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "site-endings": {"task": "wordpress.warn_of_endings", "schedule": 86_400.0, "options": {"expires": 3600}},
    "leads-due": {"task": "leads.start_due_fetches", "schedule": 60.0, "options": {"expires": 60}},
    "messages-due": {"task": "webhooks.start_due", "schedule": 5.0, "options": {"expires": 5}},
    "forget-messages": {"task": "webhooks.forget_old", "schedule": 86_400.0, "options": {"expires": 3600}},
    "webhooks-waiting": {"task": "leads.start_hearing", "schedule": 5.0, "options": {"expires": 5}},
    "forget-webhooks": {"task": "leads.forget_old_calls", "schedule": 86_400.0, "options": {"expires": 3600}},
    "forget-buyers": {"task": "leads.forget_old_buyers", "schedule": 86_400.0, "options": {"expires": 3600}},
    "proofs-in-line": {"task": "wordpress.enrol_estates", "schedule": 60.0, "options": {"expires": 60}},
    # One page of each site at a time: four a minute at most.
    "proofs-due": {"task": "wordpress.prove_due_estates", "schedule": 15.0, "options": {"expires": 15}},
    "site-plugins": {
        "task": "wordpress.look_at_all_plugins",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "forget-plugins": {
        "task": "wordpress.forget_old_plugins",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "erasures-due": {"task": "leads.start_due_erasures", "schedule": 86_400.0, "options": {"expires": 3600}},
    "leads-offers": {"task": "leads.end_lapsed_offers", "schedule": 30.0, "options": {"expires": 30}},
    "leads-digests": {"task": "leads.start_due_digests", "schedule": 900.0, "options": {"expires": 900}},
    "forget-drafts": {
        "task": "support.forget_old_drafts",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "tickets-waiting": {"task": "support.start_waiting", "schedule": 60.0, "options": {"expires": 60}},
    "tickets-due": {"task": "support.start_mirrors", "schedule": 60.0, "options": {"expires": 60}},
    "syndication-due": {"task": "syndication.keep", "schedule": 60.0, "options": {"expires": 60}},
    "outlets-due": {"task": "syndication.build_due", "schedule": 900.0, "options": {"expires": 900}},
    "impersonations-over": {
        "task": "portal.end_lapsed_impersonations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget-idempotent-calls": {
        "task": "portal.forget_idempotent_calls",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "forget-listings": {"task": "syndication.forget_old", "schedule": 86_400.0, "options": {"expires": 3600}},
    "catalogue-due": {"task": "catalogue.start_due_syncs", "schedule": 60.0, "options": {"expires": 60}},
}

# Metrics

METRICS_KEY = read.str("METRICS_KEY", "")
METRICS_DIR = read.str("METRICS_DIR", str(VAR_DIR / "metrics")) if METRICS_KEY else ""
if METRICS_DIR:
    # Processes of several machines or containers may share the folder, and have the same numbers.
    metrics_of_this_machine = Path(METRICS_DIR) / socket.gethostname()
    metrics_of_this_machine.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_of_this_machine)

# Errors

SENTRY_DSN = read.str("SENTRY_DSN", "")

# Mail

EMAIL_CONFIG = read.email_url("EMAIL_URL", default="consolemail://" if not EMBEDDED else "filemail:///")
vars().update(EMAIL_CONFIG)
if EMBEDDED and not os.environ.get("EMAIL_URL"):
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
DEFAULT_FROM_EMAIL = read.str("DEFAULT_FROM_EMAIL", f"Passerelle <noreply@{_public.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10

# Language and time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
_modules = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("tabler", _modules / "@tabler" / "core" / "dist"),
    ("leaflet", _modules / "leaflet" / "dist"),
]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": media_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if not read.bool("COLLECTED_STATIC", not EMBEDDED):
    # Straight from the source folders: nothing to collect before the first start.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True

# Security


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.replace('{s}.', '*.')}"


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Pictures of estates lie wherever the agency's CRM keeps them.
        "img-src": [
            SELF,
            "data:",
            "https:",
            _origin(REMOTE_URLS["ts_immo", "production"]),
            _origin(MAP_TILE_URL),
        ],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and read.bool("SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# Logs

LOG_FORMAT = read.str("LOG_FORMAT", "line" if EMBEDDED else "json")
LOGGING = logging_config(LOG_FORMAT, read.str("LOG_LEVEL", "INFO"))
