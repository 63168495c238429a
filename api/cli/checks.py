"""`verifier check` and `verifier doctor`: is what is stored right, and what has this installation."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.office import language, opened
from verifier import clock, db, migrations
from verifier.documents import FontMissing, find_fonts
from verifier.i18n import mark, say
from verifier.queries.chain import holds, walk
from verifier.queries.recount import recount
from verifier.rules.chain import noted_head
from verifier.settings import Settings, read_settings

ALL_RIGHT = mark("{instruments} instruments and {programmes} frozen bases recounted: everything agrees.")
WHOLE = mark("{body}: the history of {records} records is whole; note its head: {head}")
HEAD_LOST = mark("{head}: the history does not hold this head any more; it was rewritten or cut short.")


def check(
    *,
    head: Annotated[
        list[str] | None,
        typer.Option(help="A head noted earlier, BODY:POSITION:DIGEST; may be given several times."),
    ] = None,
) -> None:
    """Recount every stored figure and walk the history; exit status 1 and names for what differs.

    Note the heads it prints where the database is not: whoever rewrites a whole history is found by them.

    Example: verifier check
    """
    noted = {given: noted_head(given) for given in head or ()}
    with opened() as office, db.reading(office.sessions) as session:
        found = recount(session, minus_one_day=office.settings.valid_until_minus_one_day)
        walked = walk(session)
        lost = [given for given, wanted in noted.items() if not holds(session, wanted)]
    wrong = [difference.sentence(language()) for difference in found.differences]
    wrong += [broken.sentence(language()) for broken in walked.broken]
    wrong += [say(HEAD_LOST, language(), {"head": given}) for given in lost]
    for sentence in wrong:
        sys.stderr.write(sentence + "\n")
    if wrong:
        raise typer.Exit(1)
    counts = {"instruments": found.instruments, "programmes": found.programmes}
    sys.stdout.write(say(ALL_RIGHT, language(), counts) + "\n")
    for newest in walked.heads:
        facts = {"body": newest.body, "records": newest.position, "head": newest.noted}
        sys.stdout.write(say(WHOLE, language(), facts) + "\n")


def doctor() -> None:
    """Say what this installation has and lacks: database, migrations, font, clock, disk.

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
    font, lacking = _font(settings)
    for name, value in (
        (mark("Database"), shown),
        (mark("Migrations"), say(state, language())),
        (mark("Font of papers"), font or lacking),
        (mark("Today"), f"{clock.today(settings.time_zone).isoformat()} ({settings.time_zone})"),
        (mark("Free disk"), f"{free} MiB"),
    ):
        facts = {"name": say(name, language()), "value": value}
        sys.stdout.write(say(mark("{name}: {value}"), language(), facts) + "\n")
    if not (current and font):
        raise typer.Exit(1)


def _font(settings: Settings) -> tuple[str, str]:
    """Which font papers are printed with, or why they cannot be printed."""
    try:
        return find_fonts(settings.font_path).name, ""
    except FontMissing as refusal:
        return "", refusal.sentence(language())
