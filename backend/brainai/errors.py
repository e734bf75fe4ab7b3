"""Every error that brainai raises on purpose.

    BrainAIError
    ├── InputError                  the caller's file or request is at fault
    │   ├── MalformedInput          no_file, several_files, empty_file,
    │   │                           invalid_parameter
    │   ├── TooLarge                too_large, too_many_pixels
    │   ├── UnknownFormat           unsupported_format
    │   ├── UnusableImage           unreadable_image, image_too_small, image_too_narrow,
    │   │                           blank_image, multiple_frames
    │   └── RefusedInput            not_brain_mr, wrong_sequence: it could be answered, but the
    │                               answer would mean nothing
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
    """More bytes or more pixels than the settings allow."""


class UnknownFormat(InputError):
    """The first bytes are those of no format that is read here."""


class UnusableImage(InputError):
    """The format is known, but no slice that can be judged came out of it."""


class RefusedInput(InputError):
    """The image is not what the model is made for; who insists is answered all the same."""


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
