"""What the register says about the sites, people and standards of a plan, to see whether it can be kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from verifier.db import Session
from verifier.models import Holder, Instrument, InstrumentKind, Person
from verifier.queries.crews import KitRow, Technician, kits_of, technicians_of
from verifier.queries.sites import Expected, Hours, expected_visits, opening_hours
from verifier.rules.holders import HolderKind
from verifier.rules.visiting import VisitStatus


@dataclass(frozen=True, kw_only=True)
class RegisterFacts:
    # Key of the kind of each instrument.
    kinds: Mapping[int, str]
    site_kinds: Mapping[int, HolderKind]
    # What sites have told; who is not in it has told nothing.
    hours: Mapping[int, Sequence[Hours]]
    technicians: Mapping[int, Technician]
    kits: Mapping[int, KitRow]
    # By site.
    confirmed: Mapping[int, Sequence[Expected]]

    @property
    def has_competences(self) -> bool:
        return any(one.rights for one in self.technicians.values())


def register_facts(
    session: Session,
    body_id: int,
    *,
    holders: Iterable[int],
    instruments: Iterable[int],
    people: Iterable[int],
    on: date,
) -> RegisterFacts:
    """The same number of statements however many they are; `people` may be of other bodies too."""
    sites = list(set(holders))
    kinds = (
        select(Instrument.id, InstrumentKind.key)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .where(Instrument.id.in_(set(instruments)))
    )
    site_kinds = select(Holder.id, Holder.kind).where(Holder.id.in_(sites))
    of_bodies = select(Person.body_id).where(Person.id.in_(set(people))).distinct()
    bodies = sorted({body_id, *session.scalars(of_bodies)})
    confirmed: dict[int, list[Expected]] = {}
    for visit in expected_visits(session, body_id, since=on):
        if visit.status is VisitStatus.CONFIRMED:
            confirmed.setdefault(visit.holder_id, []).append(visit)
    return RegisterFacts(
        kinds=dict(session.execute(kinds).all()),
        site_kinds=dict(session.execute(site_kinds).all()),
        hours=opening_hours(session, sites),
        technicians={one.id: one for one in technicians_of(session, bodies)},
        kits={kit.id: kit for kit in kits_of(session, bodies, on=on)},
        confirmed=confirmed,
    )
