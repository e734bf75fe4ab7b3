"""Errors -> HTTP. No other module names an HTTP status for an error."""

import http
import logging
import traceback

from flask import Flask, Response, g, json
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException

from brainai.errors import (
    BrainAIError,
    Busy,
    Conflict,
    MalformedInput,
    NotFound,
    NotReady,
    RefusedInput,
    StoreUnavailable,
    TooLarge,
    UnknownFormat,
    UnusableImage,
)

PROBLEM_TYPE = "application/problem+json"

_log = logging.getLogger("brainai.api")

_STATUS: tuple[tuple[type[BrainAIError], int], ...] = (
    (MalformedInput, 400),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (UnknownFormat, 415),
    (UnusableImage, 422),
    (RefusedInput, 422),
    (Busy, 429),
    (NotReady, 503),
    (StoreUnavailable, 503),
)

# Seconds after which the same request may well be answered.
_RETRY_AFTER = {429: "10", 503: "2"}

# What the framework itself refuses; the routes raise BrainAIError alone.
_FRAMEWORK = {
    400: (
        "malformed_request",
        "The request can't be read as HTTP with a multipart form. "
        "Send the file as multipart/form-data, in a part named file.",
    ),
    404: ("not_found", "There is nothing at this address. See /docs for what there is."),
    405: ("method_not_allowed", "This address does not take that method. See /docs."),
    413: (
        "too_large",
        "The request is larger than this server accepts. Send one slice or one patient's study.",
    ),
}

_INTERNAL = "Something went wrong in the server. Report the request id if it happens again."


def problem(status: int, code: str, detail: str, forceable: bool = False) -> Response:
    """Build an RFC 9457 answer (application/problem+json).

    forceable: the same request is answered if it is sent with force=true.
    """
    body = {
        "type": f"urn:brainai:problem:{code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "forceable": forceable,
        "request_id": g.request_id,
    }
    return Response(json.dumps(body), status=status, content_type=PROBLEM_TYPE)


def from_brainai_error(error: BrainAIError) -> Response:
    """Answer for an error raised on purpose; an unmapped one is the server's own fault."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
    if status is None:
        return from_unknown_error(error)
    answer = problem(status, error.code, error.message, isinstance(error, RefusedInput))
    if status in _RETRY_AFTER:
        answer.headers["Retry-After"] = _RETRY_AFTER[status]
    return answer


def from_http_error(error: HTTPException) -> Response:
    """Answer for what Flask and webargs refuse."""
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        return problem(400, "invalid_parameter", _first_message(messages))
    # Of a client that stopped sending nothing more is waited for.
    g.client_gone = isinstance(error, ClientDisconnected)
    status = error.code or 500
    if status >= 500:
        return from_unknown_error(error)
    fallback = (
        http.HTTPStatus(status).phrase.lower().replace(" ", "_"),
        "The request was refused.",
    )
    code, detail = _FRAMEWORK.get(status, fallback)
    answer = problem(status, code, detail)
    answer.headers.extend(
        (name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")
    )
    return answer


def from_broken_body(_: ParseException) -> Response:
    """Answer for a body that the server can't take apart, such as a chunk without its end."""
    return problem(400, *_FRAMEWORK[400])


def from_unknown_error(error: Exception) -> Response:
    """Answer with a request id and nothing else; the log gets the places, never the values."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    _log.error("internal", extra={"error": type(error).__name__, "where": where[-8:]})
    return problem(500, "internal", _INTERNAL)


def register_problems(app: Flask) -> None:
    """Let every error of ``app`` be answered here."""
    app.register_error_handler(BrainAIError, from_brainai_error)
    app.register_error_handler(HTTPException, from_http_error)
    app.register_error_handler(ParseException, from_broken_body)
    app.register_error_handler(Exception, from_unknown_error)


def _first_message(messages: object) -> str:
    """Return the first sentence in webargs' tree, whose words are those of the schemas."""
    while isinstance(messages, dict | list) and messages:
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return str(messages)
