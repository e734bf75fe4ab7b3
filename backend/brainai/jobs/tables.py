"""The tables of the job store. A change here needs a migration in migrations/versions."""

from sqlalchemy import Double, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What the tables have in common."""


class JobRow(Base):
    """One job. Moments are seconds since 1970, which every database orders alike.

    owner: which run of which worker holds the job; a worker that was taken for dead and comes back
    no longer matches it. cleaned: what an ended job must not keep has been deleted.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    stage: Mapped[str]
    slices_done: Mapped[int]
    slices_total: Mapped[int]
    attempts: Mapped[int]
    force: Mapped[bool]
    series: Mapped[int | None]
    created_at_s: Mapped[float] = mapped_column(Double)
    ended_at_s: Mapped[float | None] = mapped_column(Double)
    owner: Mapped[str | None]
    heartbeat_at_s: Mapped[float | None] = mapped_column(Double)
    cleaned: Mapped[bool]
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None] = mapped_column(Text)
    error_forceable: Mapped[bool]
    result_json: Mapped[str | None] = mapped_column(Text)
    artefacts_json: Mapped[str] = mapped_column(Text)


class WorkerRow(Base):
    """A worker, and when it was last heard of."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at_s: Mapped[float] = mapped_column(Double)
