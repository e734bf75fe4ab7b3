"""How much the whole path costs over the bare engine: Predictor, and HTTP, in one run.

    python -m bench [--requests 200] [--rounds 3]

The body alone (a bare ResNet-50 at the model's precision and size), both heads, the gate as well,
the Predictor and the server take turns on one phantom slice, round after round, so that the ratios
hold on a machine of any speed, even a busy one. Then whole studies, by bench.study. The model and
the threads are those of the BRAINAI_* settings.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import openvino as ov

from bench import study
from brainai.api.server import load_predictor
from brainai.api.settings import read_settings
from brainai.imaging.sniff import read_study
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime, engine_config
from brainai.inference.spec import FileSpec

_BOUNDARY = "slice"
_HEADERS = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
_ROUNDS = 10
# The shipped model is held to answer the samples (tests/contract); it refuses many a phantom.
_SAMPLE = Path(__file__).parents[2] / "frontend" / "public" / "samples" / "tumor-1.png"


@dataclass
class Way:
    """One way to get an answer, and what was measured of it.

    each_ms: every duration; wall_s: all of them together, ``at_once`` at the same time.
    """

    name: str
    call: Callable[[], object]
    at_once: int = 1
    each_ms: list[float] = field(default_factory=list)
    wall_s: float = 0.0

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self.each_ms) / self.wall_s

    def measure(self, count: int) -> None:
        """Call ``count`` times, after a warm-up."""
        with ThreadPoolExecutor(self.at_once) as pool:
            list(pool.map(self._timed, range(self.at_once)))
            start = time.perf_counter()
            self.each_ms.extend(pool.map(self._timed, range(count)))
            self.wall_s += time.perf_counter() - start

    def _timed(self, _: int) -> float:
        start = time.perf_counter()
        self.call()
        return (time.perf_counter() - start) * 1000


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=200, help="of each way, all rounds")
    parser.add_argument("--rounds", type=int, default=3, help="of whole studies")
    asked = parser.parse_args()
    count = max(1, asked.requests // _ROUNDS)
    settings = read_settings(os.environ)
    data = _SAMPLE.read_bytes()
    predictor = load_predictor(settings, settings.model_dir)
    predictor.check_golden()
    file, threads = predictor.spec.file, settings.engine_threads
    ungated = msgspec.structs.replace(file, gate=None, distance=None, gate_file=None)
    heads = Runtime(settings.model_dir, ungated, threads)
    gated = Runtime(settings.model_dir, file, threads)
    body = _body(settings.model_dir, file, threads)
    tensor = to_tensor(read_study(data, settings.max_pixels).slice, predictor.spec.input).tensor
    clients = settings.server_threads
    with _server() as (port, worker):
        ways = [
            Way("engine, body alone", lambda: body.infer([tensor[None]])),
            Way("engine, both heads", lambda: heads.run(tensor[None])),
            Way("engine, and the gate", lambda: gated.run(tensor[None])),
            Way("Predictor", lambda: predictor.predict(data)),
            Way("Predictor, explained", lambda: predictor.predict(data, explain=True)),
            Way("HTTP, 1 client", lambda: _post(port, data)),
            Way(f"HTTP, {clients} clients", lambda: _post(port, data), clients),
        ]
        for _ in range(_ROUNDS):
            for way in ways:
                way.measure(count)
        show(ways)
        print(f"peak memory of the server: {study.read_peak_mib(worker)} MiB")
    study.compare(predictor, study.draw_file(), asked.rounds)
    print(f"peak memory of a process that answers one study: {study.peak_mib(None)} MiB")


def _body(folder: Path, spec: FileSpec, threads: int) -> ov.InferRequest:
    """Compile the file without what follows the body: all but the class activation is cut off."""
    core = ov.Core()
    whole = core.read_model(folder / spec.name)
    result = whole.output(spec.evidence or spec.logits).get_node()
    cut = ov.Model([result], whole.get_parameters())
    config = engine_config(spec.precision, threads)
    return core.compile_model(cut, "CPU", config).create_infer_request()


def show(ways: list[Way]) -> None:
    """Print what was measured, each against the first."""
    print(f"{'':24}{'median ms':>10}{'p95 ms':>10}{'per s':>10}{'ratio':>8}")
    for way in ways:
        p95_ms = statistics.quantiles(way.each_ms, n=20)[-1]
        print(
            f"{way.name:24}{statistics.median(way.each_ms):10.1f}{p95_ms:10.1f}"
            f"{way.per_s:10.1f}{way.per_s / ways[0].per_s:8.2f}"
        )


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """Start a server; yield its port and the process id of its worker."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    command = "import sys; from brainai.cli import main; sys.exit(main())"
    environ = {**os.environ, "BRAINAI_LOG_LEVEL": "warning"}
    arguments = [sys.executable, "-c", command, "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(arguments, env=environ)  # noqa: S603  our own command
    try:
        _wait(port)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        yield port, int(children.split()[0])
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("The server did not become ready.")


def _post(port: int, data: bytes) -> None:
    head = 'Content-Disposition: form-data; name="file"; filename="slice"'
    body = f"--{_BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/predict", body, _HEADERS)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"The server answered {answer.status}.")


if __name__ == "__main__":
    main()
