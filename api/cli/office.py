"""What every command needs: settings, the database, who acts, and the terminal's language."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from verifier import clock, db, migrations
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark, negotiate, say
from verifier.operations.journal import Doer
from verifier.settings import Settings, read_settings


class NotSetUp(Conflict):
    message = mark("The database {database} is not set up; run `verifier init` first.")


class FileUnreadable(Invalid):
    message = mark("The file {file} cannot be read: {why}.")


class FileUnwritable(Invalid):
    message = mark("The file {file} cannot be written: {why}.")


# What an operating system most often answers.
REASONS = (
    mark("No such file or directory"),
    mark("Is a directory"),
    mark("Permission denied"),
    mark("No space left on device"),
    mark("Address already in use"),
    mark("Cannot assign requested address"),
    mark("Name or service not known"),
)


@dataclass(frozen=True)
class Office:
    settings: Settings
    sessions: db.Sessions
    engine: db.Engine
    who: Doer


def language() -> str:
    """The terminal's language, as POSIX says it."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return negotiate(wanted)


def why_of(error: OSError) -> str:
    """The system's own reason, in the terminal's language if it is one of the common ones."""
    return say(error.strerror or str(error), language())


@contextmanager
def opened(*, migrate: bool = False) -> Iterator[Office]:
    """The configured database; raises NotSetUp unless it is current or may be migrated now."""
    settings = read_settings()
    database = settings.database_file
    if database is not None and not database.exists() and not migrate:
        raise NotSetUp(database=database)
    engine = db.connect(settings.database_url)
    try:
        db.check_reachable(engine)
        if migrate:
            migrations.upgrade(engine)
        elif not migrations.is_current(engine):
            raise NotSetUp(database=engine.url.render_as_string())
        who = Doer(name="office", today=clock.today(settings.time_zone), now=clock.now())
        yield Office(settings, db.sessions_of(engine), engine, who)
    finally:
        engine.dispose()


def today() -> date:
    """The office's day, without a database."""
    return clock.today(read_settings().time_zone)


def read_file(path: Path) -> bytes:
    """Raises FileUnreadable with the system's own reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=path, why=why_of(error)) from None


def write_file(path: Path, content: bytes) -> None:
    """Raises FileUnwritable with the system's own reason."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FileUnwritable(file=path, why=why_of(error)) from None
