"""The events of the payment provider that were received."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_provider_deliveries",
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_payment_provider_deliveries"),
    )
    op.create_index(
        "ix_payment_provider_deliveries_received_at",
        "payment_provider_deliveries",
        ["received_at"],
    )


def downgrade() -> None:
    op.drop_table("payment_provider_deliveries")
