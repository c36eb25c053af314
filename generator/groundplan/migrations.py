"""The first migration of a context, written from the domain.

Later ones are Alembic's to find (`make migration`); what is in `versions/` is never
rewritten.
"""

from .domain import Column, Context, Entity
from .fastapi_models import column_type
from .python_types import literal
from .render import formatted

_TYPES = {
    "Json": "sa.JSON(none_as_null=True).with_variant("
    'postgresql.JSONB(none_as_null=True), "postgresql")',
    "UtcDateTime": "sa.DateTime(timezone=True)",
}


def initial(context: Context) -> str:
    """The revision that creates the tables of a context."""
    creations = [line for entity in context.entities for line in _create(entity)]
    drops = [line for entity in reversed(context.entities) for line in _drop(entity)]
    text = "\n".join(creations + drops)
    dialect = (
        "from sqlalchemy.dialects import postgresql\n" if "postgresql." in text else ""
    )
    body = "\n    ".join(creations) or "pass"
    undo = "\n    ".join(drops) or "pass"
    imports = "import sqlalchemy as sa\nfrom alembic import op\n" if creations else ""
    return formatted(f'''"""Create the tables of {context.name.replace("_", " ")}."""

{imports}{dialect}
revision = {literal(f"{context.name}_0001")}
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}


def downgrade() -> None:
    {undo}
''')


def _create(entity: Entity) -> list[str]:
    parts = [literal(entity.table)]
    parts += [_column(column) for column in entity.columns]
    key = entity.key.name
    parts.append(
        f"sa.PrimaryKeyConstraint({literal(key)}, name=op.f('pk_{entity.table}'))"
    )
    for column in entity.columns:
        if column.unique and not column.key:
            name = f"uq_{entity.table}_{column.name}"
            parts.append(
                f"sa.UniqueConstraint({literal(column.name)}, name=op.f('{name}'))"
            )
    lines = [f"op.create_table({', '.join(parts)})"]
    for column in _indexed(entity):
        lines.append(
            f"op.create_index(op.f({_index(entity, column)}), "
            f"{literal(entity.table)}, [{literal(column.name)}])"
        )
    return lines


def _drop(entity: Entity) -> list[str]:
    lines = [
        f"op.drop_index(op.f({_index(entity, column)}), "
        f"table_name={literal(entity.table)})"
        for column in reversed(_indexed(entity))
    ]
    return [*lines, f"op.drop_table({literal(entity.table)})"]


def _column(column: Column) -> str:
    type_ = column_type(column.type)
    if type_.startswith("ExactDecimal("):
        digits = type_.removeprefix("ExactDecimal")
        type_ = f"sa.Numeric{digits}.with_variant(sa.BigInteger(), 'sqlite')"
    elif type_ == "BigInteger" and column.generated == "integer":
        type_ = "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    else:
        type_ = _TYPES.get(type_) or f"sa.{type_}" + ("" if "(" in type_ else "()")
    arguments = [literal(column.name), type_, f"nullable={column.nullable}"]
    if column.generated == "integer":
        arguments.append("autoincrement=True")
    return f"sa.Column({', '.join(arguments)})"


def _indexed(entity: Entity) -> list[Column]:
    return [
        column
        for column in entity.columns
        if (column.index or column.managed == "created")
        and not (column.unique or column.key)
    ]


def _index(entity: Entity, column: Column) -> str:
    return literal(f"ix_{entity.table}_{column.name}")
