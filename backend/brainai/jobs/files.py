"""The files of the jobs, on any file system that fsspec knows: one folder for each job.

    <job id>/upload/0000, 0001, ...   as they came, until the job has ended
    <job id>/upload/names.json        what the sender called them: never leaves this folder
    <job id>/<run>/mask.nii.gz        and so on, until the job expires

A run of a job has a folder of its own, so that a worker which was taken for dead, and was not,
writes nothing over the files of the run that counts.
"""

import contextlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from brainai.errors import BrainAIError, SettingsError, StoreUnavailable
from brainai.imaging.upload import UploadedFile
from brainai.jobs.job import is_job_id

_CHUNK_BYTES = 256 * 1024


class JobFiles:
    """The folders of all jobs, under one fsspec URL.

    Raises SettingsError for a URL that fsspec can't use. Every method raises StoreUnavailable where
    the file system does not answer.
    """

    def __init__(self, url: str) -> None:
        try:
            self._fs, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise SettingsError(
                "BRAINAI_FILES_URL is no URL that fsspec can use here; file:///FOLDER, "
                "s3://BUCKET/FOLDER (with the package s3fs) and the like were expected."
            ) from error

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Turn what a file system raises into StoreUnavailable; each one raises its own kinds."""
        try:
            yield
        except (FileNotFoundError, BrainAIError):
            raise
        except Exception as error:  # botocore's, for one, are no OSError
            raise StoreUnavailable from error

    # ---- uploads

    def create_upload(self, job_id: str, number: int) -> IO[bytes]:
        """Open file ``number`` of a job's upload for writing; write and close it ``reached``."""
        with self.reached():
            self._make_folder(job_id, "upload")
            stream: IO[bytes] = self._fs.open(self._path(job_id, "upload", f"{number:04}"), "wb")
            return stream

    def write_names(self, job_id: str, names: Sequence[str]) -> None:
        """Say what the sender called the files, in the order of their numbers."""
        with self.reached():
            self._fs.pipe_file(
                self._path(job_id, "upload", "names.json"), json.dumps(list(names)).encode()
            )

    def read_upload(self, job_id: str) -> list[UploadedFile]:
        """Return the files of an upload, whole, in the order in which they came."""
        with self.reached():
            names = json.loads(self._fs.cat_file(self._path(job_id, "upload", "names.json")))
            return [
                UploadedFile(name, self._fs.cat_file(self._path(job_id, "upload", f"{number:04}")))
                for number, name in enumerate(names)
            ]

    # ---- artefacts

    def write_artefact(self, job_id: str, run: str, file: Path) -> None:
        """Copy a file of this machine to the artefacts of a run."""
        with self.reached(), file.open("rb") as source:
            self._make_folder(job_id, run)
            with self._fs.open(self._path(job_id, run, file.name), "wb") as target:
                shutil.copyfileobj(source, target, _CHUNK_BYTES)

    def open_artefact(self, job_id: str, run: str, name: str) -> IO[bytes]:
        """Open an artefact for reading. Raises FileNotFoundError where it is gone."""
        with self.reached():
            stream: IO[bytes] = self._fs.open(self._path(job_id, run, name), "rb")
            return stream

    # ---- folders

    def delete(self, job_id: str) -> None:
        """Delete all files of a job; nothing happens where there are none."""
        with self.reached():
            self._delete(self._path(job_id))

    def delete_run(self, job_id: str, run: str) -> None:
        """Delete the artefacts of one run of a job."""
        with self.reached():
            self._delete(self._path(job_id, run))

    def keep_only(self, job_id: str, run: str) -> None:
        """Delete all files of a job but the artefacts of one run."""
        with self.reached():
            for name in self._names(self._path(job_id)):
                if name != run:
                    self._delete(self._path(job_id, name))

    def job_ids(self) -> list[str]:
        """Return the ids of the jobs that have a folder."""
        with self.reached():
            return [name for name in self._names(self._root) if is_job_id(name)]

    def _names(self, folder: str) -> list[str]:
        # Others write here as well: a listing that was kept would miss them.
        self._fs.invalidate_cache()
        try:
            paths = self._fs.ls(folder, detail=False)
        except FileNotFoundError:
            return []
        return [path.rstrip("/").rsplit("/", 1)[-1] for path in paths]

    def _make_folder(self, *parts: str) -> None:
        if isinstance(self._fs, LocalFileSystem):
            # Patients' images: not for other accounts of the machine.
            Path(self._root).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._fs.makedirs(self._path(*parts), exist_ok=True)

    def _path(self, *parts: str) -> str:
        return "/".join((self._root.rstrip("/"), *parts))

    def _delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm(path, recursive=True)
