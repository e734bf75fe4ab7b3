"""Migrations of the job store (Alembic), shipped with the package and run when a command starts."""
