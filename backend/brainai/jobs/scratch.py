"""Where a run lays its files before they are stored, and what a kill leaves there."""

import shutil
import tempfile
import time
from pathlib import Path

_PREFIX = "brainai-run-"
# No run writes its files for so long.
_OLD_S = 3600


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a context of a new folder, deleted at its end."""
    return tempfile.TemporaryDirectory(prefix=_PREFIX)


def delete_leavings() -> None:
    """Delete the folders whose worker was killed: they hold a patient's images."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _age_s(folder) > _OLD_S:
            # Another account's can't be deleted, and is looked after by its own worker.
            shutil.rmtree(folder, ignore_errors=True)


def _age_s(folder: Path) -> float:
    try:
        return time.time() - folder.lstat().st_mtime
    except OSError:
        return 0.0
