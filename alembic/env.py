"""Runs migrations on the connection it is given, or on the configured database."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection, Enum

from verifier import db
from verifier.models import Model
from verifier.models.base import Exact, Instant
from verifier.settings import read_settings


def render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations must not change when a model does: enums, decimals are text; instants plain."""
    if kind == "type" and isinstance(item, Exact):
        return "sa.String(length=40)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_server_default=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with db.connect(read_settings().database_url).begin() as opened:
        migrate(opened)
