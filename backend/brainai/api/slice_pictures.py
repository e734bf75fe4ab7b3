"""Pictures of a job's slices, for pages that can't draw a volume themselves."""

import io
import threading
from collections import OrderedDict
from collections.abc import Callable

from PIL import Image

from brainai.artefacts import Overlay, Shown, draw_slice
from brainai.errors import NotFound

# A page asks for one slice after the other, and few pages ask at the same time.
_MOST_JOBS = 4
_MOST_BYTES = 512 * 1024 * 1024


class SlicePictures:
    """Keeps the decoded volumes of the last few jobs. May be shared between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Shown] = OrderedDict()

    def draw(self, job_id: str, load: Callable[[], Shown], index: int, overlay: Overlay) -> bytes:
        """Draw axial slice ``index``, counted as the job's result counts them, as a PNG.

        load: reads what is drawn; called where it is not kept. Raises NotFound (slice_not_found).
        """
        shown = self._shown(job_id, load)
        grid = shown.volume.grid
        count = grid.shape[grid.axial_axis]
        if not 0 <= index < count:
            raise NotFound(
                "slice_not_found",
                f"The study has no slice {index}; its slices are numbered 0 to {count - 1}.",
            )
        buffer = io.BytesIO()
        picture = draw_slice(shown, grid.input_index(index), overlay)
        Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    def forget(self, job_id: str) -> None:
        """Drop what is kept of a job that was erased."""
        with self._lock:
            self._kept.pop(job_id, None)

    def _shown(self, job_id: str, load: Callable[[], Shown]) -> Shown:
        # Held while loading: of several requests for one job, one decodes and the others wait.
        with self._lock:
            shown = self._kept.pop(job_id, None) or load()
            self._kept[job_id] = shown
            while len(self._kept) > 1 and (
                len(self._kept) > _MOST_JOBS
                or sum(map(_size_bytes, self._kept.values())) > _MOST_BYTES
            ):
                self._kept.popitem(last=False)
            return shown


def _size_bytes(shown: Shown) -> int:
    return shown.volume.voxels.nbytes + shown.mask.nbytes
