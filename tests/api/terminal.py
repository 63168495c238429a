"""What somebody at a terminal has: the files that examples name, a demo, and a password to type."""

import shutil
from pathlib import Path

from tests.conftest import TODAY
from tests.examined import make_scale, make_staff, record_scale, sign_all
from tests.factories import make_holder, office
from verifier import clock, db
from verifier.operations.demo import fill_demo

EXAMPLES = Path(__file__).parents[2] / "examples"
REGULATIONS = Path(__file__).parents[2] / "verifier" / "data" / "regulations"
PASSWORD = "a long enough password"
DISTRICTS = """code,level,parent_code,name_zh
653000,prefecture,,克孜勒苏柯尔克孜自治州
653024,county,653000,乌恰县
"""


def put_files(folder: Path) -> None:
    """The files that examples name."""
    shutil.copy(EXAMPLES / "taicang_register.xlsx", folder / "register.xlsx")
    shutil.copy(EXAMPLES / "sample_tariffs.csv", folder / "tariffs.csv")
    shutil.copy(EXAMPLES / "label.txt", folder / "label.txt")
    shutil.copy(REGULATIONS / "JJG 692-2010.toml", folder / "regulation.toml")
    (folder / "districts.csv").write_text(DISTRICTS, encoding="utf-8")


def put_papers(url: str) -> None:
    """Two certificates of the day the tests live in, and one of today, whose label may be printed."""
    engine = db.connect(url)
    today = clock.today("Asia/Shanghai")
    with db.transaction(db.sessions_of(engine)) as session:
        staff = make_staff(session)
        stall = make_holder(session, "王记海鲜")
        for day in (TODAY, TODAY, today):
            number = record_scale(session, make_scale(session, stall), staff.verifier, on=day)
            sign_all(session, number, staff, on=day)
    _settle(engine)


def put_demo(url: str) -> None:
    """Fill a database that has the facts."""
    engine = db.connect(url)
    with db.transaction(db.sessions_of(engine)) as session:
        fill_demo(session, instruments=200, seed=3, who=office(TODAY), progress=lambda *_: None)
    _settle(engine)


def _settle(engine: db.Engine) -> None:
    """Leave a SQLite file that can be copied."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    engine.dispose()
