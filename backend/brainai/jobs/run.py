"""One job, from claim to end: upload -> VolumeStudy -> StudyPrediction -> artefacts -> record."""

import contextlib
import json
import logging
import threading
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from brainai.artefacts import ARTEFACTS, write_artefacts
from brainai.errors import InputError, RefusedInput, StoreUnavailable, UnusableImage
from brainai.imaging.collect import read_upload
from brainai.imaging.study import Study, VolumeStudy
from brainai.imaging.upload import Limits
from brainai.inference.clock import Clock
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from brainai.inference.volume import predict_volume
from brainai.jobs.files import JobFiles
from brainai.jobs.job import Failure, Job, StoredArtefact
from brainai.jobs.lease import JobLost, Lease, WorkerStopped
from brainai.jobs.scratch import scratch_folder
from brainai.jobs.store import JobStore
from brainai.jobs.tidy import tidy

_log = logging.getLogger("brainai.worker")

_MEDIA_TYPES = dict(ARTEFACTS)

Dump = Callable[[StudyPrediction], dict[str, object]]
"""Makes the wire JSON of an answer; given from above, because this layer knows no HTTP."""


@dataclass(frozen=True)
class Runner:
    """Runs jobs, one at a time.

    tries: how often a job is begun before a fault is its end. beat_s: seconds from heartbeat to
    heartbeat. stopping: set when the worker is to stop; the job at hand is then given back.
    holding: the owners of the jobs that are being run, for upkeep to know them as alive.
    """

    store: JobStore
    files: JobFiles
    predictor: Predictor
    limits: Limits
    dump: Dump
    tries: int
    beat_s: float
    stopping: threading.Event
    holding: set[str] = field(default_factory=set)

    def run_oldest(self) -> None:
        """Run the job that has waited longest, if any does, to its end or back into the queue.

        Raises StoreUnavailable; a job that was begun then waits for its lease to run out.
        """
        if self.stopping.is_set():
            return
        # While the files are out of reach, every job that waits would lose its tries in turn.
        self.files.job_ids()
        owner = uuid.uuid4().hex
        job = self.store.claim_oldest(owner)
        if job is None:
            return
        self.holding.add(owner)
        try:
            with Lease(self.store, job.id, owner, self.stopping, self.beat_s) as lease:
                self._work(job, owner, lease)
        except JobLost:
            _log.info("job_lost")
        except WorkerStopped:
            self.store.give_back(job.id, owner, untried=True)
        except StoreUnavailable:
            raise
        except InputError as error:
            forceable = isinstance(error, RefusedInput)
            self.store.fail(job.id, owner, Failure(error.code, error.message, forceable))
        except Exception as error:  # noqa: BLE001  whatever a file brings about, the worker goes on
            self._fault(job, owner, error)
        finally:
            self.holding.discard(owner)
        tidy(self.store, self.files, job.id)

    def _work(self, job: Job, owner: str, lease: Lease) -> None:
        clock = Clock()
        with clock.stage("read"):
            study = self._read(job)
        prediction = predict_volume(
            self.predictor, study, force=job.force, progress=lease.judged, clock=clock
        )
        lease.writing(sum(found.label is not None for found in prediction.slices))
        report = self.dump(prediction)
        artefacts = self._write(job.id, owner, prediction, report)
        if not self.store.succeed(job.id, owner, json.dumps(report), artefacts):
            raise JobLost
        _log.info("job_done", extra={"timings_ms": report.get("timings_ms")})

    def _read(self, job: Job) -> VolumeStudy:
        study = read_upload(self.files.read_upload(job.id), self.limits, job.series)
        if isinstance(study, Study):
            raise UnusableImage(
                "not_a_volume",
                "The upload is a single slice; a job takes a volume. "
                "Send a slice to /predict, which answers at once.",
            )
        return study

    def _write(
        self, job_id: str, run: str, prediction: StudyPrediction, report: dict[str, object]
    ) -> list[StoredArtefact]:
        with scratch_folder() as folder:
            written = write_artefacts(prediction, report, Path(folder))
            try:
                for file in written:
                    self.files.write_artefact(job_id, run, file)
            except StoreUnavailable:
                # A full disk would stay full, and one with the records on it takes none of them.
                with contextlib.suppress(StoreUnavailable):
                    self.files.delete_run(job_id, run)
                raise
            return [
                StoredArtefact(file.name, _MEDIA_TYPES[file.name], file.stat().st_size)
                for file in written
            ]

    def _fault(self, job: Job, owner: str, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        kind = type(error).__name__
        _log.error("job_fault", extra={"error": kind, "where": where[-8:]})
        if job.attempts < self.tries:
            self.store.give_back(job.id, owner)
            return
        detail = (
            f"The worker met a fault of its own ({kind}), in each of {job.attempts} tries. "
            "Report the job's id if it happens again."
        )
        self.store.fail(job.id, owner, Failure("internal", detail))
