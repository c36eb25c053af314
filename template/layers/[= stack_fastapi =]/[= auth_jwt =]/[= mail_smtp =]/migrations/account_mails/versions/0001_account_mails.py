"""Resets of passwords that go on, and welcomes that are due."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_mails_resets",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_mails_resets"),
        sa.UniqueConstraint("token_hash", name="uq_account_mails_resets_token_hash"),
    )
    op.create_index(
        "ix_account_mails_resets_expires_at", "account_mails_resets", ["expires_at"]
    )
    op.create_table(
        "account_mails_welcomes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_mails_welcomes"),
    )
    op.create_index(
        "ix_account_mails_welcomes_due_at", "account_mails_welcomes", ["due_at"]
    )


def downgrade() -> None:
    op.drop_table("account_mails_welcomes")
    op.drop_table("account_mails_resets")
