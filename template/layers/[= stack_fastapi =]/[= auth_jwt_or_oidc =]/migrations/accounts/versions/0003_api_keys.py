"""The API keys of services."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_api_keys",
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["auth_accounts.id"],
            name="fk_auth_api_keys_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("prefix", name="pk_auth_api_keys"),
    )
    op.create_index("ix_auth_api_keys_account_id", "auth_api_keys", ["account_id"])


def downgrade() -> None:
    op.drop_table("auth_api_keys")
