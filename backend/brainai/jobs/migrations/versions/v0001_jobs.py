"""Jobs and workers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("slices_done", sa.Integer(), nullable=False),
        sa.Column("slices_total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("force", sa.Boolean(), nullable=False),
        sa.Column("series", sa.Integer()),
        sa.Column("created_at_s", sa.Double(), nullable=False),
        sa.Column("ended_at_s", sa.Double()),
        sa.Column("owner", sa.String()),
        sa.Column("heartbeat_at_s", sa.Double()),
        sa.Column("cleaned", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.String()),
        sa.Column("error_detail", sa.Text()),
        sa.Column("error_forceable", sa.Boolean(), nullable=False),
        sa.Column("result_json", sa.Text()),
        sa.Column("artefacts_json", sa.Text(), nullable=False),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "workers",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("seen_at_s", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("workers")
    op.drop_table("jobs")
