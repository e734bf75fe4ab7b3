"""Training of brainai's models: data, recipe, measurement, export."""

import brainai  # noqa: F401 - switches OpenVINO's telemetry off before nncf can load it
