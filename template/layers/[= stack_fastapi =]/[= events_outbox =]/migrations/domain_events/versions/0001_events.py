"""The outbox, how far its streams and their consumers are, and what is early."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "domain_events_outbox",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("context", sa.String(40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_domain_events_outbox"),
    )
    op.create_index(
        "ix_domain_events_outbox_oldest",
        "domain_events_outbox",
        ["context", "published_at"],
    )
    op.create_table(
        "domain_events_streams",
        sa.Column("context", sa.String(40), nullable=False),
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("aggregate", sa.String(200), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "context", "consumer", "aggregate", name="pk_domain_events_streams"
        ),
    )
    op.create_table(
        "domain_events_consumed",
        sa.Column("context", sa.String(40), nullable=False),
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("aggregate", sa.String(200), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "context",
            "consumer",
            "source",
            "aggregate",
            name="pk_domain_events_consumed",
        ),
    )
    op.create_table(
        "domain_events_parked",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("context", sa.String(40), nullable=False),
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("aggregate", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.JSON(), nullable=False),
        sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_domain_events_parked"),
    )
    op.create_index(
        "ix_domain_events_parked_stream",
        "domain_events_parked",
        ["context", "consumer", "source", "aggregate", "number"],
    )


def downgrade() -> None:
    op.drop_table("domain_events_parked")
    op.drop_table("domain_events_consumed")
    op.drop_table("domain_events_streams")
    op.drop_table("domain_events_outbox")
