"""Composes the web app from every floor. No rule and no query lives here."""

from datetime import timedelta

from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from federation.config import Settings
from federation.health import health
from federation.jobs import register_jobs
from federation.places import register_pages
from tenants import db as database
from tenants.frame import use_frame
from tenants.web import HouseFlask, access_of, add_security_headers
from tenants.web_errors import register_errors
from tenants.web_forms import register_filters

MAX_REQUEST_BYTES = 12 * 1024 * 1024
"""The largest upload is 10 MiB; the rest is for the form around it."""
MAX_FORM_BYTES = 2 * 1024 * 1024
MAX_FORM_PARTS = 5000


def create_app(settings: Settings, *, demo: bool = False) -> HouseFlask:
    """The web app for one federation. `demo` is the mark of its database: only then do demo routes exist.

    Raises: LookupError for a view that does not say who may reach it.
    """
    app = HouseFlask("federation", static_folder=str(settings.static_folder), template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        BASE_URL=settings.base_url,
        DEMO=demo,
        FEDERATION_NAME=None,
        SMTP_URL=settings.smtp_url,
        MAIL_FROM=settings.mail_from,
        REDIS_URL=settings.redis_url,
        JOBS_URL=settings.role_urls["jobs"],
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_NAME="__Host-fed" if settings.base_url.startswith("https://") else "fed",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        BABEL_DEFAULT_LOCALE="en_GB",
        BABEL_DEFAULT_TIMEZONE="Europe/London",
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.trusted_proxies] * 3)
    database.connect_roles(app, dict(settings.role_urls))
    Babel(app)
    register_filters(app)
    register_errors(app)
    app.after_request(add_security_headers)
    app.add_url_rule("/healthz", view_func=health)
    use_frame(app, register_pages(app))
    register_jobs()
    _check_every_view(app)
    return app


def _check_every_view(app: HouseFlask) -> None:
    for endpoint in app.view_functions:
        access_of(app, endpoint)
