"""JSON lines on stderr: request id, route, status, stage timings. Never headers, names, bodies."""

import json
import logging
import sys
import time
from datetime import UTC, datetime

from flask import Response, g, request

_log = logging.getLogger("brainai.api")

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# What a log call may add with ``extra``; anything else that a library puts there is dropped.
_FIELDS = (
    "request_id",
    "method",
    "route",
    "status",
    "code",
    "duration_ms",
    "timings_ms",
    "model",
    "reason",
    "error",
    "where",
    "address",
)


class JsonLines(logging.Formatter):
    """Format a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without line feed."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # What a library puts into its sentences may be an address or a header.
            "event": record.getMessage() if record.name.startswith("brainai") else record.msg,
        }
        line.update((name, getattr(record, name)) for name in _FIELDS if hasattr(record, name))
        if record.exc_info and record.exc_info[0] is not None:
            # The message of an exception may quote a file; its type can't.
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(level: str) -> None:
    """Send the log of ``level`` (debug, info, warning, error) and over to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("brainai").setLevel(level.upper())
    # pydicom logs what it finds odd in a header, values included; Pillow logs tags.
    for name in ("pydicom", "PIL"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)


def log_request(response: Response) -> None:
    """Log one answered request: the route's pattern, not the address that was asked for."""
    method = request.method if request.method in _METHODS else "other"
    _log.info(
        "request",
        extra={
            "request_id": g.request_id,
            "method": method,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "duration_ms": round((time.perf_counter() - g.start) * 1000, 2),
            "timings_ms": {name: round(ms, 2) for name, ms in g.get("timings_ms", {}).items()},
        },
    )
