"""gunicorn behind a proxy that speaks https. Everything can be changed by GUNICORN_CMD_ARGS."""

import os

bind = os.environ.get("FED_BIND", "127.0.0.1:8000")
# A request waits mostly for the database: threads share one copy of the code, processes use the cores.
workers = int(os.environ.get("WEB_PROCESSES", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
# Longer than the proxy keeps an idle connection, so that it is never the one to send into a closed one.
keepalive = 75
max_requests = 10_000
max_requests_jitter = 1_000
# The trusted proxies are counted by the application (TRUSTED_PROXIES), from the right; gunicorn is to trust none itself.
forwarded_allow_ips = ""
accesslog = "-"
# Path without its query: a link in an e-mail carries a token that logs must not keep.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
