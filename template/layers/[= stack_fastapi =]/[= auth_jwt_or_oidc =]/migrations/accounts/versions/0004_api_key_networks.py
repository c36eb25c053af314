"""Where API keys may be used from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_api_keys") as table:
        table.add_column(
            sa.Column("networks", sa.String(1000), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("auth_api_keys") as table:
        table.drop_column("networks")
