"""The measurements: each does the product's work and the least that has to be done for it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text

from verifier import db
from verifier.models import Body, District, Enrolment, Instrument, Person, Programme, Verification
from verifier.operations.imports import ImportRegister, import_register
from verifier.operations.journal import Doer
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.completion import By, completion
from verifier.queries.instruments import InstrumentFilter, instruments
from verifier.rules.access import Scope
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.verdict import Outcome

REGISTER = "examples/taicang_register.xlsx"


@dataclass(frozen=True)
class Ground:
    """A filled database to measure on."""

    engine: db.Engine
    sessions: db.Sessions
    who: Doer


@dataclass(frozen=True)
class Measured:
    """Seconds for the work here and for the bare limit."""

    what: str
    limit_is: str
    here_is: str
    limit: float
    here: float


def best(deed: Callable[[], object], *, times: int = 5) -> float:
    """Seconds of the fastest of some runs: the rest is the machine's noise."""
    found = []
    for _ in range(times):
        start = perf_counter()
        deed()
        found.append(perf_counter() - start)
    return min(found)


def measure_completion(ground: Ground) -> Measured:
    with db.reading(ground.sessions) as session:
        programme = session.scalars(select(Programme).order_by(Programme.base_count.desc())).first()
        assert programme is not None
        root = session.scalars(select(District.id).where(District.code == "320500")).one()
        verified = (
            select(func.count(func.distinct(Verification.instrument_id)))
            .join(Enrolment, Enrolment.instrument_id == Verification.instrument_id)
            .where(Enrolment.programme_id == programme.id, Verification.programme_id == programme.id)
        )
        limit = best(lambda: session.scalar(verified))
        here = best(lambda: completion(session, programme.id, root, on=ground.who.today, by=By.DISTRICT))
    return Measured(
        "completion of a city",
        "count verified in one join",
        "20 figures a district, one statement",
        limit,
        here,
    )


def measure_list(ground: Ground) -> Measured:
    with db.reading(ground.sessions) as session:
        bare = text("SELECT * FROM instrument ORDER BY id LIMIT 51")
        limit = best(lambda: session.execute(bare).all())
        wanted = InstrumentFilter()
        here = best(lambda: instruments(session, Scope(), wanted, on=ground.who.today, limit=51))
    return Measured(
        "a page of the register", "51 bare rows", "51 rows with kind, holder, district", limit, here
    )


def measure_import(ground: Ground) -> Measured:
    with open(REGISTER, "rb") as file:  # noqa: PTH123  one line
        content = file.read()
    limit = best(
        lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    )

    def take_in() -> None:
        with db.reading(ground.sessions) as session:
            command = ImportRegister(district="320585", dry_run=True)
            import_register(session, content, "register.xlsx", command, who=ground.who)

    return Measured(
        "a register of 605 rows", "read the cells", "check every row (dry run)", limit, best(take_in)
    )


def measure_recording(ground: Ground) -> Measured:
    """Fifty records, each in a transaction of its own, against fifty bare durable commits."""
    with db.reading(ground.sessions) as session:
        numbers = session.scalars(
            select(Instrument.id)
            .where(
                Instrument.status == InstrumentStatus.IN_USE,
                ~Instrument.id.in_(select(Verification.instrument_id)),
            )
            .limit(50)
        ).all()
        office = session.scalars(select(Body.id).where(Body.code == "office")).one()
    with db.transaction(ground.sessions) as session:
        # Of the office's own body, which has recorded no competences.
        session.add(person := Person(name="基准", body_id=office))
    with ground.engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare (number integer)"))

    def commits() -> None:
        for number in numbers:
            with ground.engine.begin() as connection:
                connection.execute(text("INSERT INTO bare VALUES (:number)"), {"number": number})

    def records() -> None:
        for number in numbers:
            command = RecordVerification(
                instrument_id=number,
                performed_on=ground.who.today,
                outcome=Outcome.PASSED,
                technician=person.id,
            )
            with db.transaction(ground.sessions) as session:
                record_verification(session, command, who=ground.who)

    limit = best(commits)
    return Measured(
        "50 verifications",
        "50 durable commits of one number",
        "50 records, all rules",
        limit,
        best(records, times=1),
    )


MEASURES = (measure_completion, measure_list, measure_import, measure_recording)
