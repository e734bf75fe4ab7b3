"""What the jobs need to know of a deployment."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class JobsConfig:
    """Where jobs lie and how many may. Empty queue_url: SQLite in ``state_dir``."""

    database_url: str
    queue_url: str
    files_url: str
    state_dir: Path
    max_queued: int
    keep_s: float
    lease_s: float

    @property
    def queue_file(self) -> Path:
        """Where the queue lies without a URL."""
        return self.state_dir / "queue.sqlite3"
