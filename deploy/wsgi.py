"""The WSGI application for a real server: `gunicorn -c deploy/gunicorn.conf.py deploy.wsgi:app`."""

from federation.app import create_app
from federation.config import load_settings
from federation.schema import is_demo

settings = load_settings()
app = create_app(settings, demo=is_demo(settings))
