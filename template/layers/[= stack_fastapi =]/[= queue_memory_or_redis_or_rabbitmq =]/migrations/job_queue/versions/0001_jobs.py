"""Dead letters, outcomes, what is done, and schedules."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_queue_dead_letters",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("envelope", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(1000), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replay_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job_queue_dead_letters"),
    )
    op.create_index(
        "ix_job_queue_dead_letters_failed_at", "job_queue_dead_letters", ["failed_at"]
    )
    op.create_index(
        "ix_job_queue_dead_letters_replay_at", "job_queue_dead_letters", ["replay_at"]
    )
    op.create_table(
        "job_queue_outcomes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(1000), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_queue_outcomes"),
    )
    op.create_index(
        "ix_job_queue_outcomes_expires_at", "job_queue_outcomes", ["expires_at"]
    )
    op.create_table(
        "job_queue_done",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_queue_done"),
    )
    op.create_index("ix_job_queue_done_done_at", "job_queue_done", ["done_at"])
    op.create_table(
        "job_queue_schedules",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("last_slot", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "zone", name="pk_job_queue_schedules"),
    )


def downgrade() -> None:
    op.drop_table("job_queue_schedules")
    op.drop_table("job_queue_done")
    op.drop_table("job_queue_outcomes")
    op.drop_table("job_queue_dead_letters")
