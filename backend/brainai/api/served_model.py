"""The model while it loads, when it is ready, and when it failed: one state machine."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from brainai.errors import BrainAIError, NotReady
from brainai.inference.metrics import Metrics, load_metrics
from brainai.inference.predict import Predictor
from brainai.inference.spec import ModelSpec

_log = logging.getLogger("brainai.model")

_STARTING = "The model is still starting. Try again in a moment."


class ServedModel:
    """Loads a model in the background, so that the server answers from its first moment.

    folder: the model folder. load: makes the Predictor of a folder (called once).
    """

    def __init__(self, folder: Path, load: Callable[[Path], Predictor]) -> None:
        self._folder = folder
        self._load = load
        self._predictor: Predictor | None = None
        self._described: list[tuple[ModelSpec, Metrics | None]] = []
        self._reason = _STARTING
        self._failed = False
        self._thread = threading.Thread(target=self._start, name="load-model", daemon=True)

    def start(self) -> None:
        """Begin to load, and return at once."""
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until loading has ended, well or not."""
        self._thread.join(timeout_s)

    @property
    def ready(self) -> bool:
        """True once the golden logits were reproduced."""
        return self._predictor is not None and self._predictor.ready

    @property
    def failed(self) -> bool:
        """True once loading has ended, and not well: only another start of the server helps."""
        return self._failed

    @property
    def spec(self) -> ModelSpec | None:
        """The model's spec, from the moment that it is loaded."""
        return self._predictor.spec if self._predictor else None

    def predictor(self) -> Predictor:
        """Return the predictor. Raises NotReady, with the reason, before it is ready."""
        if self._predictor is None or not self._predictor.ready:
            raise NotReady(self._reason)
        return self._predictor

    def described(self) -> list[tuple[ModelSpec, Metrics | None]]:
        """Return spec and measured figures of each model, the one of slices first.

        Raises NotReady before they are loaded.
        """
        if self._predictor is None:
            raise NotReady(self._reason)
        return self._described

    def _start(self) -> None:
        try:
            predictor = self._load(self._folder)
            self._described = [
                (spec, load_metrics(folder, spec)) for folder, spec in predictor.models
            ]
            self._predictor = predictor
            predictor.check_golden()
        except BrainAIError as error:
            self._fail(error.message)
        except Exception as error:  # noqa: BLE001  a thread that dies silently would say "starting" for ever
            self._fail(f"The model can't be started ({type(error).__name__}).")
        else:
            _log.info("ready", extra={"model": predictor.spec.name})

    def _fail(self, reason: str) -> None:
        self._reason = reason
        self._failed = True
        _log.error("failed", extra={"reason": reason})
