"""brainai worker: runs jobs until it is told to stop."""

import logging
import signal

from brainai.api.logging import configure_logging
from brainai.api.server import load_predictor
from brainai.api.settings import Settings
from brainai.api.study_answers import dump_study
from brainai.errors import SettingsError, StoreUnavailable
from brainai.jobs.worker import Worker

_log = logging.getLogger("brainai.worker")


def work(settings: Settings) -> None:
    """Take jobs out of the queue and run them, until SIGTERM or SIGINT.

    The job at hand is then given back. Raises ModelError and NotReady for a model that can't be
    served, SettingsError where jobs can't be reached.
    """
    configure_logging(settings.log_level)
    predictor = load_predictor(settings, settings.model_dir)
    predictor.check_golden()
    try:
        worker = Worker(settings.jobs, predictor, settings.limits, dump_study, settings.job_tries)
    except StoreUnavailable as error:
        # Its own words are for a client of the API, who can only wait.
        raise SettingsError(
            "The database or the queue of the jobs does not answer, or can't be written. See that "
            "it runs, and that BRAINAI_DATABASE_URL, BRAINAI_QUEUE_URL and BRAINAI_STATE_DIR are "
            "right."
        ) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(started=lambda: _log.info("working", extra={"model": predictor.spec.name}))
