"""What the routes share."""

from dataclasses import dataclass

from flask import Flask

from brainai.api.served_jobs import ServedJobs
from brainai.api.served_model import ServedModel
from brainai.api.settings import Settings
from brainai.api.slice_pictures import SlicePictures
from brainai.api.streams import Streams

_KEY = "brainai"


@dataclass(frozen=True)
class State:
    """One app's settings, model, jobs and description. started_s: monotonic clock."""

    settings: Settings
    model: ServedModel
    jobs: ServedJobs
    streams: Streams
    pictures: SlicePictures
    openapi_text: str
    started_s: float


def keep_state(app: Flask, state: State) -> None:
    """Put the state where ``state_of`` finds it."""
    app.extensions[_KEY] = state


def state_of(app: Flask) -> State:
    """Return the state of an app made by ``create_app``."""
    state: State = app.extensions[_KEY]
    return state
