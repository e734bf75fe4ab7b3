import os
import subprocess
import sys
from pathlib import Path

_PROBE = """
import multiprocessing
import brainai.inference.runtime
print(multiprocessing.active_children())
"""


def test_loading_the_engine_reports_to_nobody_and_leaves_nothing_at_home(tmp_path: Path) -> None:
    # OpenVINO's telemetry keeps quiet where it finds itself in continuous integration.
    environ = {k: v for k, v in os.environ.items() if k not in {"CI", "TF_BUILD", "JENKINS_URL"}}
    done = subprocess.run(
        [sys.executable, "-c", _PROBE],
        env=environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
