"""The server as it is deployed: a process of its own, asked over a socket."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from brainai.api.server import serve
from brainai.api.settings import read_settings
from brainai.errors import SettingsError
from tests.files import png

START_S = 120


def _ask(
    port: int, method: str, path: str, body: bytes | Iterator[bytes] = b"", chunked: bool = False
) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if chunked:
        headers["Transfer-Encoding"] = "chunked"
    connection.request(method, path, body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told


def _form(data: bytes) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="Doe.png"\r\n\r\n'
    return head + data + b"\r\n--x--\r\n"


def _wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if _ask(port, "GET", "/health/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"the server did not become ready: {process.communicate()[1]}")


def _start(folder: Path, port: int, state: Path, first: str = "pass") -> subprocess.Popen[str]:
    environ = {
        **os.environ,
        "BRAINAI_MODEL_DIR": str(folder),
        "BRAINAI_PORT": str(port),
        "BRAINAI_MAX_UPLOAD_BYTES": "1000000",
        "BRAINAI_ENGINE_THREADS": "1",
        "BRAINAI_STATE_DIR": str(state),
        "BRAINAI_SERVER_THREADS": "6",
        "BRAINAI_MAX_STREAMS": "4",
    }
    program = f"import sys; from brainai.cli import main; {first}; sys.exit(main())"
    command = [sys.executable, "-c", program, "serve"]
    return subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def port(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free: int = listener.getsockname()[1]
    process = _start(tiny_folder, free, tmp_path_factory.mktemp("state"))
    _wait_until_ready(process, free)
    yield free
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=START_S)


def test_a_slice_is_answered(port: int) -> None:
    status, told = _ask(port, "POST", "/predict", _form(png()))
    assert (status, told["research_use_only"]) == (200, True)


def test_a_chunked_slice_is_answered(port: int) -> None:
    body = iter([_form(png())[:1000], _form(png())[1000:]])
    assert _ask(port, "POST", "/predict", body, chunked=True)[0] == 200


@pytest.mark.parametrize("size_bytes", [1_000_001, 9_000_000])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_client_that_sends_too_much_still_gets_its_answer(
    port: int, size_bytes: int, chunked: bool
) -> None:
    form = _form(bytes(size_bytes))
    pieces = (form[i : i + 65536] for i in range(0, len(form), 65536))
    status, told = _ask(port, "POST", "/predict", pieces if chunked else form, chunked)
    assert (status, told["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/predict", "/jobs"])
@pytest.mark.parametrize("chunks", [b"ZZ\r\n", b"5\r\n--x\r\nxx0\r\n\r\n", b"1;=\r\n"])
def test_chunks_that_can_not_be_read_are_malformed(port: int, path: str, chunks: bytes) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=START_S) as client:
        client.sendall(head.encode() + chunks)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        told = json.loads(answer.read())
    assert (answer.status, told["code"]) == (400, "malformed_request")


def test_bytes_that_are_no_http_do_not_end_the_server(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=START_S) as client:
        client.sendall(b"\x00\xff nonsense\r\n\r\n")
        client.recv(1000)
    assert _ask(port, "GET", "/health/live")[0] == 200


def test_a_prefix_that_a_client_names_is_not_believed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=START_S) as client:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /other\r\n\r\n")
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert (answer.status, json.loads(answer.read())) == (200, {"status": "alive"})


def test_clients_that_take_nothing_of_their_answers_are_given_up(
    tiny_folder: Path, free_port: int, tmp_path: Path
) -> None:
    impatient = "import brainai.api.server as server; server._SILENT_CLIENT_S = 1"
    process = _start(tiny_folder, free_port, tmp_path, impatient)
    _wait_until_ready(process, free_port)
    # Together more than the system keeps for a client.
    ask = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n" * 20
    silent = [socket.create_connection(("127.0.0.1", free_port)) for _ in range(8)]
    for client in silent:
        client.sendall(ask)
    time.sleep(1)
    connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=30)
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200
    connection.close()
    for client in silent:
        client.close()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=START_S)
    assert not [line for line in err.splitlines() if json.loads(line)["level"] == "error"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_and_the_log_is_json_without_names(
    tiny_folder: Path, free_port: int, number: signal.Signals, tmp_path: Path
) -> None:
    process = _start(tiny_folder, free_port, tmp_path)
    _wait_until_ready(process, free_port)
    _ask(free_port, "POST", "/predict", _form(png()))
    process.send_signal(number)
    out, err = process.communicate(timeout=START_S)
    assert (process.returncode, out) == (0, "")
    events = [json.loads(line)["event"] for line in err.splitlines()]
    assert events[0] == "listening"
    assert {"ready", "request"} <= set(events)
    assert "Doe" not in err


def _stream(port: int, path: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
    connection.request("GET", f"{path}/events")
    return connection, connection.getresponse()


def _first_event(answer: http.client.HTTPResponse) -> dict[str, object]:
    assert answer.readline() == b"event: job\n"
    told: dict[str, object] = json.loads(answer.readline().removeprefix(b"data: "))
    return told


def test_open_streams_leave_threads_for_other_requests(port: int) -> None:
    status, job = _ask(port, "POST", "/jobs", _form(b"a study"))
    assert status == 202
    path = f"/jobs/{job['id']}"
    streams = [_stream(port, path) for _ in range(4)]
    assert [_first_event(answer)["state"] for _, answer in streams] == ["queued"] * 4
    status, problem = _ask(port, "GET", f"{path}/events")
    assert (status, problem["code"]) == (429, "too_many_streams")
    assert _ask(port, "POST", "/predict", _form(png()))[0] == 200
    assert _ask(port, "DELETE", path)[1]["state"] == "cancelled"
    for connection, answer in streams:
        # Every stream is told of the end, and ends.
        assert b'"state": "cancelled"' in answer.read()
        connection.close()


def test_a_stream_whose_client_has_gone_gives_its_place_back(port: int) -> None:
    path = f"/jobs/{_ask(port, 'POST', '/jobs', _form(b'a study'))[1]['id']}"
    for _ in range(6):
        connection, answer = _stream(port, path)
        # It shows when the next event is written: for a client that stays away, a comment will do.
        _first_event(answer)
        connection.close()
        _ask(port, "DELETE", path)
        path = f"/jobs/{_ask(port, 'POST', '/jobs', _form(b'a study'))[1]['id']}"
        time.sleep(0.5)


def test_an_open_stream_does_not_hold_up_the_end(
    tiny_folder: Path, free_port: int, tmp_path: Path
) -> None:
    process = _start(tiny_folder, free_port, tmp_path)
    _wait_until_ready(process, free_port)
    _, job = _ask(free_port, "POST", "/jobs", _form(b"a study"))
    connection, answer = _stream(free_port, f"/jobs/{job['id']}")
    assert _first_event(answer)["state"] == "queued"
    began_s = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert answer.read().count(b"event: job") == 0
    connection.close()
    process.communicate(timeout=START_S)
    assert time.monotonic() - began_s < 15


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("BRAINAI_FILES_URL", "nonsense://x"),
        ("BRAINAI_DATABASE_URL", "postgresql://u:secret@host:port/jobs"),
        ("BRAINAI_QUEUE_URL", "redis://:secret@host:port/0"),
    ],
)
def test_a_url_that_can_not_be_used_is_one_clear_sentence(
    variable: str, url: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=variable):
        serve(read_settings({"BRAINAI_STATE_DIR": str(tmp_path), variable: url}))


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = str(listener.getsockname()[1])
        with pytest.raises(SettingsError, match="another program listens there"):
            serve(read_settings({"BRAINAI_PORT": taken, "BRAINAI_LOG_LEVEL": "error"}))


def test_an_address_of_another_machine_is_one_clear_sentence() -> None:
    with pytest.raises(SettingsError, match="the system refuses it"):
        serve(read_settings({"BRAINAI_HOST": "192.0.2.1", "BRAINAI_LOG_LEVEL": "error"}))
