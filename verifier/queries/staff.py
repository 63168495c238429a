"""Questions about verification bodies, the people in them, and what they may verify."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import Body, BodyScope, Competence, District, InstrumentKind, Person
from verifier.queries.districts import path, subtree
from verifier.queries.paging import Page, Paging, page_of
from verifier.rules.access import Caller

# The installation's own body; loaded with the facts that ship.
OFFICE = "office"


class BodyUnknown(NotFound):
    message = mark("There is no verification body {body}.")


class TechnicianUnknown(NotFound):
    message = mark("There is no technician {technician}.")


@dataclass(frozen=True)
class BodyRow:
    id: int
    code: str
    name: str
    # A district's code; None: the installation's own office, which serves every district it keeps.
    district: str | None
    # What rules/numbering reads.
    certificate_pattern: str
    # Verifications of earlier days wait for no paper here; None: every one gets its paper.
    papers_from: date | None
    # What its papers print.
    authorisation_no: str
    address: str
    phone: str
    postcode: str
    email: str
    # Keys of the kinds it is authorised for; empty: not recorded yet.
    kinds: tuple[str, ...] = field(kw_only=True)


@dataclass(frozen=True)
class CompetenceRow:
    id: int
    kind: str
    # With or without the year; empty: any regulation of the kind.
    regulation: str
    certificate_no: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class TechnicianRow:
    id: int
    name: str
    # The code of the body.
    body: str
    # May sign as approver for the body.
    is_approver: bool
    competences: tuple[CompetenceRow, ...]


def body_by_id(session: Session, body_id: int) -> Body:
    """One body; raises BodyUnknown."""
    body = session.get(Body, body_id)
    if body is None:
        raise BodyUnknown(body=body_id)
    return body


def body_by_code(session: Session, code: str) -> Body:
    """One body; raises BodyUnknown."""
    body = session.scalars(select(Body).where(Body.code == code)).one_or_none()
    if body is None:
        raise BodyUnknown(body=code)
    return body


def body_for_update(session: Session, code: str) -> Body:
    """Load and lock; raises BodyUnknown."""
    body = session.scalars(select(Body).where(Body.code == code).with_for_update()).one_or_none()
    if body is None:
        raise BodyUnknown(body=code)
    return body


def office_body(session: Session) -> Body:
    """The installation's own body, which serves every district it keeps."""
    return body_by_code(session, OFFICE)


def _bodies() -> Select[*tuple[Any, ...]]:
    return select(
        Body.id,
        Body.code,
        Body.name,
        District.code,
        Body.certificate_pattern,
        Body.papers_from,
        Body.authorisation_no,
        Body.address,
        Body.phone,
        Body.postcode,
        Body.email,
    ).outerjoin(District, District.id == Body.district_id)


def bodies(session: Session, paging: Paging, where: ColumnElement[bool] | None = None) -> Page[BodyRow]:
    """The bodies, or those that meet the condition, `kept_by` somebody for example."""
    statement = _bodies().where(true() if where is None else where)
    page = page_of(session, statement, paging, by=[Body.id], row=partial(BodyRow, kinds=()))
    kinds = _kinds_of(session, [row.id for row in page.items])
    return Page([replace(row, kinds=tuple(kinds[row.id])) for row in page.items], page.next)


def body_row(session: Session, code: str) -> BodyRow:
    """One body with its scope; raises BodyUnknown."""
    found = session.execute(_bodies().where(Body.code == code)).one_or_none()
    if found is None:
        raise BodyUnknown(body=code)
    return BodyRow(*found, kinds=tuple(_kinds_of(session, [found[0]])[found[0]]))


def _kinds_of(session: Session, body_ids: Iterable[int]) -> dict[int, list[str]]:
    statement = (
        select(BodyScope.body_id, InstrumentKind.key)
        .join(InstrumentKind, InstrumentKind.id == BodyScope.kind_id)
        .where(BodyScope.body_id.in_(body_ids))
        .order_by(InstrumentKind.key)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for body_id, key in session.execute(statement):
        found[body_id].append(key)
    return found


def kept_by(caller: Caller, *, on: date) -> ColumnElement[bool]:
    """The condition that somebody keeps the staff of a body: the own one, and those of the own district."""
    if caller.scope.is_everything:
        return true()
    own = Body.code == OFFICE if caller.body_id is None else Body.id == caller.body_id
    if caller.scope.district_id is None:
        return own
    return or_(own, Body.district_id.in_(select(subtree(caller.scope.district_id, on).c.id)))


def keeps_body(session: Session, caller: Caller, body_id: int, *, on: date) -> bool:
    statement = select(Body.id).where(Body.id == body_id, kept_by(caller, on=on))
    return session.scalars(statement).first() is not None


def _technicians() -> Select[int, str, str, bool]:
    return select(Person.id, Person.name, Body.code, Person.is_approver).join(Body, Body.id == Person.body_id)


def technicians(session: Session, paging: Paging, where: ColumnElement[bool]) -> Page[TechnicianRow]:
    """The people of the bodies that meet the condition, `kept_by` somebody for example."""
    statement = _technicians().where(where)
    page = page_of(session, statement, paging, by=[Person.id], row=partial(TechnicianRow, competences=()))
    found = _competences(session, [row.id for row in page.items])
    return Page([replace(row, competences=tuple(found[row.id])) for row in page.items], page.next)


def technician_row(
    session: Session, technician_id: int, where: ColumnElement[bool] | None = None
) -> TechnicianRow:
    """One technician with the competences; raises TechnicianUnknown, also where the condition is not met."""
    statement = _technicians().where(Person.id == technician_id, true() if where is None else where)
    found = session.execute(statement).one_or_none()
    if found is None:
        raise TechnicianUnknown(technician=technician_id)
    return TechnicianRow(*found, competences=tuple(_competences(session, [technician_id])[technician_id]))


def technician_by_id(session: Session, technician_id: int) -> Person:
    """One person; raises TechnicianUnknown."""
    person = session.get(Person, technician_id)
    if person is None:
        raise TechnicianUnknown(technician=technician_id)
    return person


def _competences(session: Session, person_ids: Iterable[int]) -> dict[int, list[CompetenceRow]]:
    statement = (
        select(
            Competence.person_id,
            Competence.id,
            InstrumentKind.key,
            Competence.regulation,
            Competence.certificate_no,
            Competence.valid_from,
            Competence.valid_until,
        )
        .join(InstrumentKind, InstrumentKind.id == Competence.kind_id)
        .where(Competence.person_id.in_(person_ids))
        .order_by(InstrumentKind.key, Competence.valid_from)
    )
    found: dict[int, list[CompetenceRow]] = defaultdict(list)
    for row in session.execute(statement):
        found[row.person_id].append(CompetenceRow(*row[1:]))
    return found


def body_serving(session: Session, district_id: int, *, on: date) -> Body:
    """The body nearest above a district; the installation's own office where there is none."""
    above = [district.id for district in path(session, district_id, on=on)]
    statement = select(Body).where(Body.district_id.in_(above)).order_by(Body.id.desc())
    found = {body.district_id: body for body in session.scalars(statement)}
    nearest = next((found[number] for number in reversed(above) if number in found), None)
    return nearest or office_body(session)
