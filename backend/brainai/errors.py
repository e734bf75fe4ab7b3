"""Every error that brainai raises on purpose.

    BrainAIError
    ├── InputError                  the caller's file or request is at fault
    │   ├── MalformedInput          no_file, several_files, empty_file, invalid_parameter,
    │   │                           bad_archive, voxels_missing, malformed_request
    │   ├── TooLarge                too_large, too_many_pixels, too_many_voxels, too_many_files,
    │   │                           unpacks_too_large
    │   ├── UnknownFormat           unsupported_format
    │   ├── UnusableImage           unreadable_image, image_too_small, image_too_narrow,
    │   │                           blank_image, multiple_frames; of volumes: unreadable_volume,
    │   │                           not_finite, not_stackable, missing_slices,
    │   │                           conflicting_slices, no_flair_series, several_patients,
    │   │                           no_overlap; of jobs: not_a_volume
    │   ├── RefusedInput            not_brain_mr, wrong_sequence: it could be answered, but the
    │   │                           answer would mean nothing
    │   ├── NotFound                job_not_found, artefact_not_found, slice_not_found
    │   └── Conflict                job_not_ended: asked for too early
    ├── Busy                        queue_full, too_many_streams: ask again later
    ├── StoreUnavailable            store_unavailable: the database or the file store of the jobs
    ├── NotReady                    not_ready: the model has not reproduced its golden logits
    ├── ModelError                  the model folder is incomplete, altered or of another version
    └── SettingsError               a BRAINAI_* variable or a flag that can't be used

A message says what was found, what was expected and what to do. It never holds a path, a file
name or text from a file, so it may be sent to a client as it is.
"""


class BrainAIError(Exception):
    """An error with a stable ``code`` (snake case) and a message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InputError(BrainAIError):
    """The caller's file or request can't be answered as it is."""


class MalformedInput(InputError):
    """The request itself is wrong: no file, an empty one, a parameter out of range."""


class TooLarge(InputError):
    """More bytes, pixels, voxels or files than the settings allow."""


class UnknownFormat(InputError):
    """The first bytes are those of no format that is read here."""


class UnusableImage(InputError):
    """The format is known, but no slice or volume that can be judged came out of it."""


class RefusedInput(InputError):
    """The image is not what the model is made for; who insists is answered all the same."""


class NotFound(InputError):
    """What is asked for is not, or no longer, there."""


class Conflict(InputError):
    """What is asked for can't be had in the state that the job is in."""


class Busy(BrainAIError):
    """As many of these are under way or wait as the settings allow."""


class StoreUnavailable(BrainAIError):
    """The database or the file store of the jobs does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "store_unavailable",
            "The store of the jobs does not answer. Try again in a moment; "
            "a single slice can be sent to /predict meanwhile.",
        )


class NotReady(BrainAIError):
    """The model is not loaded, or has not yet reproduced its golden logits."""

    def __init__(
        self, message: str = "The model is still starting. Try again in a moment."
    ) -> None:
        super().__init__("not_ready", message)


class ModelError(BrainAIError):
    """The model folder can't be served."""

    def __init__(self, message: str) -> None:
        super().__init__("model_error", message)


class SettingsError(BrainAIError):
    """A setting can't be used."""

    def __init__(self, message: str) -> None:
        super().__init__("settings_error", message)
