"""Tumour detection on FLAIR MRI. Research use only, not a medical device."""

import sys

__version__ = "1.3.0"

# OpenVINO reports each import of itself to its maker, over the network, from a child process, and
# keeps an identifier in the home folder, unless its telemetry package can't be imported.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
