"""The demo's bodies with their people and competences, and tariffs that say they are samples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert

from verifier.db import Session
from verifier.models import Body, BodyScope, Competence, Person, Tariff
from verifier.operations.demo_kit import CATALOGUE_KIND, MAKES, SAMPLE_TARIFFS, TARIFF_DOCUMENT
from verifier.operations.demo_names import Names
from verifier.operations.demo_register import Ground
from verifier.queries.catalogue import KindRow
from verifier.queries.districts import DistrictRow

# Longer than anything in the demo goes back.
_COMPETENT_SINCE_DAYS = (500, 1500)
# A competence holds for five years (注册计量师).
_COMPETENT_DAYS = 5 * 365


@dataclass(frozen=True)
class DemoPerson:
    id: int
    name: str


@dataclass(frozen=True)
class DemoBody:
    """A county's body: who verifies scales, who medical instruments, who may not any more, who approves."""

    id: int
    code: str
    name: str
    weighing: tuple[DemoPerson, ...]
    medical: tuple[DemoPerson, ...]
    lapsed: DemoPerson
    approver: DemoPerson

    def verifiers(self, kind: str) -> tuple[DemoPerson, ...]:
        return self.weighing if _is_mechanical(kind) else self.medical

    def checker(self, kind: str, verifier: DemoPerson) -> DemoPerson:
        """The colleague who may verify such a kind too."""
        return next(person for person in self.verifiers(kind) if person != verifier)


def _is_mechanical(kind: str) -> bool:
    return kind.startswith(("nawi_", "fuel_"))


def store_bodies(session: Session, ground: Ground, counties: Sequence[DistrictRow]) -> dict[str, DemoBody]:
    """One body a county, by the county's code; each has recorded its scope and its people's competences."""
    bodies = {county.code: _store_body(session, ground, county) for county in counties}
    kinds = demo_kinds(ground)
    scopes = [{"body_id": body.id, "kind_id": kind.id} for body in bodies.values() for kind in kinds]
    session.execute(insert(BodyScope), scopes)
    for body in bodies.values():
        session.execute(insert(Competence), list(_competences(ground, body)))
    return bodies


def demo_kinds(ground: Ground) -> list[KindRow]:
    """The kinds that stand at the demo's holders."""
    return [ground.kinds[key] for key in sorted({CATALOGUE_KIND.get(key, key) for key in MAKES})]


def _store_body(session: Session, ground: Ground, county: DistrictRow) -> DemoBody:
    number = int(county.code[-2:])
    body = Body(
        code=f"jl{county.code}",
        name=f"{county.name_zh}计量测试所",
        district_id=county.id,
        authorisation_no=f"（苏）法计（示例）2026{number:03d}号",
        address=f"{county.name_zh}示例路{number}号",
        phone="0512-00000000",
        postcode="000000",
        email=f"jl{county.code}@example.org",
    )
    session.add(body)
    session.flush()
    people = [Person(name=ground.names.person(), body_id=body.id) for _ in range(5)]
    people.append(Person(name=Names(ground.papers).person(), body_id=body.id, is_approver=True))
    session.add_all(people)
    session.flush()
    found = [DemoPerson(person.id, person.name) for person in people]
    return DemoBody(body.id, body.code, body.name, tuple(found[:2]), tuple(found[2:4]), *found[4:])


def _competences(ground: Ground, body: DemoBody) -> Iterator[dict[str, object]]:
    # What ran out weeks ago shows in the list of people and signs nothing.
    lapsed_since = ground.today - timedelta(days=40 + _COMPETENT_DAYS)
    yield from competences(body.lapsed.id, body.code, demo_kinds(ground), lapsed_since)
    for is_mechanical, people in ((True, body.weighing), (False, body.medical)):
        own = [kind for kind in demo_kinds(ground) if _is_mechanical(kind.key) is is_mechanical]
        for person in people:
            since = ground.today - timedelta(days=ground.rng.randint(*_COMPETENT_SINCE_DAYS))
            yield from competences(person.id, body.code, own, since)


def competences(
    person_id: int, body_code: str, kinds: Sequence[KindRow], since: date
) -> Iterator[dict[str, object]]:
    """A person's right to verify these kinds, five years long."""
    for kind in kinds:
        yield {
            "person_id": person_id,
            "kind_id": kind.id,
            "certificate_no": f"{body_code}-{person_id:03d}-{kind.id:02d}",
            "valid_from": since,
            "valid_until": since + timedelta(days=_COMPETENT_DAYS - 1),
        }


def store_tariffs(session: Session, ground: Ground) -> None:
    """Sample tariffs; where there are two, the second came while the programmes were running."""
    rows: list[dict[str, object]] = []
    for key, fees in SAMPLE_TARIFFS.items():
        days = [date(2017, 4, 1), ground.month(-2)][: len(fees)]
        ends = [*(later - timedelta(days=1) for later in days[1:]), None]
        rows += [
            {
                "kind_id": ground.kinds[key].id,
                "fee_fen": fee,
                "effective_from": begins_on,
                "effective_to": ends_on,
                "document": TARIFF_DOCUMENT,
            }
            for fee, begins_on, ends_on in zip(fees, days, ends, strict=True)
        ]
    session.execute(insert(Tariff), rows)
