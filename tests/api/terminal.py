"""What somebody at a terminal has: the files that examples name, a demo, and a password to type."""

import shutil
from pathlib import Path

from tests.conftest import TODAY
from tests.factories import office
from verifier import db
from verifier.operations.demo import fill_demo

EXAMPLES = Path(__file__).parents[2] / "examples"
PASSWORD = "a long enough password"
DISTRICTS = """code,level,parent_code,name_zh
653000,prefecture,,克孜勒苏柯尔克孜自治州
653024,county,653000,乌恰县
"""


def put_files(folder: Path) -> None:
    """The files that examples name."""
    shutil.copy(EXAMPLES / "taicang_register.xlsx", folder / "register.xlsx")
    shutil.copy(EXAMPLES / "sample_tariffs.csv", folder / "tariffs.csv")
    (folder / "districts.csv").write_text(DISTRICTS, encoding="utf-8")


def put_demo(url: str) -> None:
    """Fill a database that has the facts, and leave a SQLite file that can be copied."""
    engine = db.connect(url)
    with db.transaction(db.sessions_of(engine)) as session:
        fill_demo(session, instruments=200, seed=3, who=office(TODAY), progress=lambda *_: None)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    engine.dispose()
