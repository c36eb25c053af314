"""Those whom the issuer knows, and their logins in browsers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_identities",
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_auth_identities"),
    )
    op.create_index("ix_auth_identities_account_id", "auth_identities", ["account_id"])
    op.create_table(
        "auth_browser_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("login_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("renew_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_auth_browser_sessions"),
        sa.UniqueConstraint("login_hash", name="uq_auth_browser_sessions_login_hash"),
    )
    op.create_index(
        "ix_auth_browser_sessions_account_id", "auth_browser_sessions", ["account_id"]
    )


def downgrade() -> None:
    op.drop_table("auth_browser_sessions")
    op.drop_table("auth_identities")
