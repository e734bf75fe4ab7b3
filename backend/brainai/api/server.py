"""The app behind gunicorn: one process, several threads, one model in memory."""

import errno
import logging
import socket
import struct
import sys
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from brainai.api import create_app
from brainai.api.logging import configure_logging
from brainai.api.served_model import ServedModel
from brainai.api.settings import Settings
from brainai.api.state import state_of
from brainai.errors import SettingsError
from brainai.inference.predict import Predictor
from brainai.jobs.service import check_urls

_log = logging.getLogger("brainai.server")

# A thread waits this long for a client to send, or to take, the next bytes, then gives it up: one
# that stops in the middle of a body or of an answer would hold one of few threads for ever.
_SILENT_CLIENT_S = 20
# What the socket says then: while it was read, and while it was written.
_GIVEN_UP = (errno.EAGAIN, errno.ETIMEDOUT)


class QuietLogger(Logger):
    """Gunicorn's log through the package's own: JSON lines, no access log (it holds addresses)."""

    def setup(self, cfg: Config) -> None:
        """Leave format and destination to the root logger."""
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        # Its warnings quote addresses and request lines.
        self.error_log.setLevel(logging.ERROR)
        self.cfg = cfg

    def access(self, *_: object) -> None:
        """Log nothing: each answered request has its own line already."""

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a fault, unless it is a client that was silent for too long."""
        error = sys.exc_info()[1]
        if not (isinstance(error, OSError) and error.errno in _GIVEN_UP):
            super().exception(msg, *args, **kwargs)

    def reopen_files(self) -> None:
        """Do nothing: there are no files."""


class Server(BaseApplication):
    """Gunicorn, told by Settings alone: no command line, no file, no GUNICORN_* variable."""

    def __init__(self, settings: Settings, descriptor: int) -> None:
        self._settings = settings
        self._descriptor = descriptor
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn is to know."""
        memory = Path("/dev/shm")  # noqa: S108  the heartbeat file; a disk that stalls would kill
        chosen = {
            "bind": f"fd://{self._descriptor}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._settings.server_threads,
            "worker_tmp_dir": str(memory) if memory.is_dir() else None,
            "preload_app": False,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 5,
            "logger_class": QuietLogger,
            "accesslog": None,
            "proc_name": "brainai",
            "control_socket_disable": True,
            # Nobody's headers are believed: SCRIPT_NAME, of a client on this machine, is a 500.
            "forwarded_allow_ips": "",
            "post_worker_init": _end_streams_on_exit,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # the stubs' WSGI is narrower than Flask's
        """Make the app, in the worker, and begin to load its model."""
        model = ServedModel(self._settings.model_dir, partial(load_predictor, self._settings))
        app = create_app(self._settings, model)
        model.start()
        return app


def _end_streams_on_exit(worker: ThreadWorker) -> None:
    """Let open event streams end when the server is to stop, instead of being waited for."""
    app = cast("Flask", worker.wsgi)
    state_of(app).streams.stopping = lambda: not worker.alive


def serve(settings: Settings) -> None:
    """Listen and answer until a signal says to stop.

    Raises SettingsError for a port in use, and for a URL that can't be used.
    """
    # A URL that can't be used is a wrong setting: say so now, not on every request.
    check_urls(settings.jobs)
    listener = _listen(settings.host, settings.port)
    configure_logging(settings.log_level)
    _log.info("listening", extra={"address": f"http://{settings.host}:{settings.port}"})
    # Gunicorn owns the descriptor from here on, and closes it.
    Server(settings, listener.detach()).run()


def load_predictor(settings: Settings, folder: Path) -> Predictor:
    """Load the Predictor of a model folder, under these settings. Raises ModelError."""
    return Predictor(
        folder,
        settings.max_pixels,
        settings.engine_threads,
        settings.limits,
        settings.multi_model_dir,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "another program listens there" if taken else "the system refuses it"
        raise SettingsError(
            f"The server can't listen on {host}, port {port}: {reason}. "
            "Choose another with --host and --port."
        ) from error
    # Accepted sockets inherit both (Linux), and gunicorn sets no timeout of its own. Where the
    # kernel itself ends what is not taken, nobody waits for the client to close it, too.
    patience = struct.pack("ll", _SILENT_CLIENT_S, 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_CLIENT_S * 1000)
    return listener
