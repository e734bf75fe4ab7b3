"""brainai worker: runs jobs until it is told to stop."""

import logging
import signal

from brainai.api.logging import configure_logging
from brainai.api.server import load_predictor
from brainai.api.settings import Settings
from brainai.api.study_answers import dump_study
from brainai.jobs.worker import Worker

_log = logging.getLogger("brainai.worker")


def work(settings: Settings) -> None:
    """Take jobs out of the queue and run them, until SIGTERM or SIGINT.

    The job at hand is then given back. Raises ModelError and NotReady for a model that can't be
    served, StoreUnavailable and SettingsError where jobs can't be reached.
    """
    configure_logging(settings.log_level)
    predictor = load_predictor(settings, settings.model_dir)
    predictor.check_golden()
    worker = Worker(settings.jobs, predictor, settings.limits, dump_study, settings.job_tries)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(started=lambda: _log.info("working", extra={"model": predictor.spec.name}))
