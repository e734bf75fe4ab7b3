"""POST /jobs, and everything under /jobs/{job_id}."""

import json
from collections.abc import Iterator
from typing import IO, Any

from flask import Response, current_app, request, url_for
from flask_smorest import Blueprint

from brainai.api.bodies import bytes_body, files_body, json_body
from brainai.api.job_answers import JobAnswer, job_answer
from brainai.api.job_schemas import JobQuerySchema, JobSchema, SliceQuerySchema
from brainai.api.job_uploads import store_upload
from brainai.api.state import state_of
from brainai.api.study_schemas import StudyPredictionSchema
from brainai.artefacts import ARTEFACTS, Overlay, Shown, show_files
from brainai.jobs.job import Job
from brainai.jobs.service import JobService

blueprint = Blueprint("jobs", __name__, description="Judge whole studies, in their turn")

_BODY = files_body(
    ": NIfTI, MetaImage (.mha, or .mhd with its .raw), DICOM, or a zip of such files"
)
_SENT_BYTES = 256 * 1024


@blueprint.post("/jobs")
@blueprint.arguments(JobQuerySchema, location="query", unknown=None, error_status_code=400)
@blueprint.response(202, JobSchema)
@blueprint.doc(requestBody=_BODY, summary="Send a study to be judged", operationId="submit_job")
def submit(query: dict[str, Any]) -> tuple[JobAnswer, dict[str, str]]:
    """Take a study in and answer at once; a worker judges it. Research use only.

    The job's address is in Location.
    """
    state = state_of(current_app)
    jobs = state.jobs.service()
    jobs.check_room()
    with jobs.receive() as job_id:
        names = store_upload(
            request, jobs.files, job_id, state.settings.max_upload_bytes, state.settings.max_files
        )
        job = jobs.submit(job_id, names, force=query["force"], series=query["series"])
    return _answer(jobs, job), {"Location": url_for("jobs.tell", job_id=job_id)}


@blueprint.get("/jobs/<job_id>")
@blueprint.response(200, JobSchema)
@blueprint.doc(summary="State, progress and result of a job", operationId="job")
def tell(job_id: str) -> JobAnswer:
    """Tell how a job stands, and its result once it has succeeded."""
    jobs = state_of(current_app).jobs.service()
    return _answer(jobs, jobs.find(job_id))


@blueprint.get("/jobs/<job_id>/events")
@blueprint.doc(
    summary="A job as server-sent events",
    operationId="job_events",
    responses={"200": bytes_body("text/event-stream", "Events named job, whose data is a Job")},
)
def follow(job_id: str) -> Response:
    """Tell a job now, on each change, and when it ends; then the stream ends."""
    state = state_of(current_app)
    jobs = state.jobs.service()
    jobs.find(job_id)

    def look() -> tuple[str, bool] | None:
        job = jobs.store.find(job_id)
        if job is None:
            return None
        return json.dumps(JobSchema().dump(_answer(jobs, job))), job.ended

    # nginx would otherwise hold events back until its buffer is full.
    headers = {"X-Accel-Buffering": "no"}
    return Response(state.streams.open(look), content_type="text/event-stream", headers=headers)


@blueprint.delete("/jobs/<job_id>")
@blueprint.response(200, JobSchema)
@blueprint.alt_response(204, description="The job had ended and is erased, with all its files")
@blueprint.doc(summary="Cancel a job, or erase one that has ended", operationId="delete_job")
def delete(job_id: str) -> JobAnswer | Response:
    """Cancel a job that waits or runs; erase one that has ended, with all its files."""
    state = state_of(current_app)
    jobs = state.jobs.service()
    cancelled = jobs.cancel_or_erase(job_id)
    state.pictures.forget(job_id)
    return _answer(jobs, cancelled) if cancelled else Response(status=204)


def _artefact_body(media_type: str) -> dict[str, object]:
    if media_type == "application/json":
        return json_body(StudyPredictionSchema, "The answer")
    return bytes_body(media_type, "The file")


def _artefact_route(name: str, media_type: str) -> None:
    """Make the route of one artefact: each is told in openapi.json with its own media type."""

    @blueprint.get(f"/jobs/<job_id>/{name}", endpoint=name.replace(".", "_"))
    @blueprint.doc(
        summary=f"The job's {name}",
        operationId=f"job_{name.replace('.', '_')}",
        responses={"200": _artefact_body(media_type)},
    )
    def artefact(job_id: str) -> Response:
        jobs = state_of(current_app).jobs.service()
        stored, stream = jobs.open_artefact(jobs.find(job_id), name)
        answer = Response(_read(stream), content_type=stored.media_type)
        answer.content_length = stored.size_bytes
        answer.headers["Content-Disposition"] = f'attachment; filename="{job_id[-8:]}-{name}"'
        return answer


for _name, _media_type in ARTEFACTS:
    _artefact_route(_name, _media_type)


@blueprint.get("/jobs/<job_id>/slices/<int:index>.png")
@blueprint.arguments(SliceQuerySchema, location="query", unknown=None, error_status_code=400)
@blueprint.doc(
    summary="Picture of one axial slice",
    operationId="job_slice",
    responses={"200": bytes_body("image/png", "The slice, as radiologists look at it")},
)
def slice_picture(query: dict[str, str], job_id: str, index: int) -> Response:
    """Draw one axial slice; index counts as in the result's slices."""
    state = state_of(current_app)
    jobs = state.jobs.service()
    job = jobs.find(job_id)
    jobs.artefact(job, "mask.nii.gz")
    png = state.pictures.draw(job_id, lambda: _load(jobs, job), index, Overlay(query["overlay"]))
    return Response(png, content_type="image/png")


def _answer(jobs: JobService, job: Job) -> JobAnswer:
    return job_answer(job, jobs.expires_at_s(job))


def _load(jobs: JobService, job: Job) -> Shown:
    files = (jobs.open_artefact(job, name)[1] for name in ("volume.nii.gz", "mask.nii.gz"))
    with jobs.files.reached():
        volume, mask = (b"".join(_read(file)) for file in files)
    return show_files(volume, mask)


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(_SENT_BYTES):
            yield chunk
