"""`verifier check` and `verifier doctor`: is what is stored right, and what has this installation."""

import shutil
import sys
from pathlib import Path

import typer

from api.cli.office import language, opened
from verifier import clock, db, migrations
from verifier.i18n import mark, say
from verifier.queries.recount import recount
from verifier.settings import read_settings

ALL_RIGHT = mark("{instruments} instruments and {programmes} frozen bases recounted: everything agrees.")


def check() -> None:
    """Recount every stored figure from the records; exit status 1 and names for what differs.

    Example: verifier check
    """
    with opened() as office, db.reading(office.sessions) as session:
        found = recount(session, minus_one_day=office.settings.valid_until_minus_one_day)
    for difference in found.differences:
        sys.stderr.write(difference.sentence(language()) + "\n")
    if found.differences:
        raise typer.Exit(1)
    counts = {"instruments": found.instruments, "programmes": found.programmes}
    sys.stdout.write(say(ALL_RIGHT, language(), counts) + "\n")


def doctor() -> None:
    """Say what this installation has and lacks: database, migrations, clock, disk.

    Example: verifier doctor
    """
    settings = read_settings()
    engine = db.connect(settings.database_url)
    shown = engine.url.render_as_string(hide_password=True)
    place = settings.database_file
    exists = place is None or place.exists()
    current = exists and migrations.is_current(engine)
    engine.dispose()
    free = shutil.disk_usage((place or Path.cwd()).resolve().parent).free // 2**20
    state = mark("current") if current else mark("not set up; run `verifier init`")
    for name, value in (
        (mark("Database"), shown),
        (mark("Migrations"), say(state, language())),
        (mark("Today"), f"{clock.today(settings.time_zone).isoformat()} ({settings.time_zone})"),
        (mark("Free disk"), f"{free} MiB"),
    ):
        facts = {"name": say(name, language()), "value": value}
        sys.stdout.write(say(mark("{name}: {value}"), language(), facts) + "\n")
    if not current:
        raise typer.Exit(1)
