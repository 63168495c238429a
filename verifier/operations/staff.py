"""Verification bodies, their scope, their people, and what these may verify."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Len
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Body, BodyScope, Competence, Person
from verifier.operations.journal import Doer, note
from verifier.queries.catalogue import kind_by_key
from verifier.queries.districts import district_by_code
from verifier.queries.staff import OFFICE, body_by_code, body_by_id, keeps_body, technician_by_id
from verifier.rules.access import OutsideScope
from verifier.rules.codes import is_addressable


class BodyCodeWrong(Invalid):
    message = mark("{code} cannot be a body's code: use letters, digits, dots, hyphens and underscores.")


class BodyExists(Conflict):
    message = mark("There is already a verification body {body}.")


class NameEmpty(Invalid):
    message = mark("A name is needed.")


class CompetenceEndsBeforeItBegins(Invalid):
    message = mark("The last day {valid_until} lies before the first, {valid_from}.")


class CompetenceExists(Conflict):
    message = mark("This person has a competence for {kind} from {valid_from} already.")


@dataclass(frozen=True, kw_only=True)
class AddBody:
    code: Annotated[str, Len(1, 40)]
    name: Annotated[str, Len(1, 120)]
    # A district's code; None: serves every district.
    district: str | None = None


@dataclass(frozen=True, kw_only=True)
class SetBodyScope:
    """All kinds the body is authorised for, by key; none: its scope is not recorded and not checked."""

    kinds: Annotated[list[str], Len(max_length=500)]


@dataclass(frozen=True, kw_only=True)
class AddTechnician:
    name: Annotated[str, Len(1, 60)]
    # A body's code.
    body: str = OFFICE


@dataclass(frozen=True, kw_only=True)
class AddCompetence:
    # A kind's key.
    kind: str
    certificate_no: Annotated[str, Len(max_length=60)] = ""
    valid_from: date
    valid_until: date


def add_body(session: Session, command: AddBody, *, who: Doer) -> Body:
    district = None if command.district is None else district_by_code(session, command.district)
    code = _named(command.code)
    if not is_addressable(code):
        raise BodyCodeWrong(code=code)
    if session.scalars(select(Body.id).where(Body.code == code)).first() is not None:
        raise BodyExists(body=code)
    body = Body(code=code, name=_named(command.name), district_id=district.id if district else None)
    session.add(body)
    try:
        session.flush()
    except IntegrityError:
        # Somebody else added the same code since we looked.
        raise BodyExists(body=code) from None
    note(session, who, "add_body", "body", body.id, code=body.code, name=body.name)
    return body


def set_body_scope(session: Session, body: Body, command: SetBodyScope, *, who: Doer) -> None:
    """Replace the kinds the body is authorised for; `body` is locked by the caller."""
    kinds = {key: kind_by_key(session, key).id for key in command.kinds}
    session.execute(delete(BodyScope).where(BodyScope.body_id == body.id))
    session.add_all(BodyScope(body_id=body.id, kind_id=kind_id) for kind_id in kinds.values())
    note(session, who, "set_body_scope", "body", body.id, kinds=_sorted(kinds))


def _sorted(kinds: dict[str, int]) -> Sequence[str]:
    return sorted(kinds)


def add_technician(session: Session, command: AddTechnician, *, who: Doer) -> Person:
    """Add somebody who verifies; two people may have the same name."""
    body = body_by_code(session, command.body)
    _check_keeper(session, body, who)
    person = Person(name=_named(command.name), body_id=body.id)
    session.add(person)
    session.flush()
    note(session, who, "add_technician", "person", person.id, name=person.name, body=body.code)
    return person


def add_competence(session: Session, technician_id: int, command: AddCompetence, *, who: Doer) -> Competence:
    """Record that somebody may verify a kind for a period."""
    person = technician_by_id(session, technician_id)
    _check_keeper(session, body_by_id(session, person.body_id), who)
    if command.valid_until < command.valid_from:
        raise CompetenceEndsBeforeItBegins(valid_from=command.valid_from, valid_until=command.valid_until)
    competence = Competence(
        person_id=person.id,
        kind_id=kind_by_key(session, command.kind).id,
        certificate_no=command.certificate_no,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
    )
    session.add(competence)
    try:
        session.flush()
    except IntegrityError:
        raise CompetenceExists(kind=command.kind, valid_from=command.valid_from) from None
    facts = {"kind": command.kind, "valid_from": command.valid_from, "valid_until": command.valid_until}
    note(session, who, "add_competence", "person", person.id, **facts)
    return competence


def _check_keeper(session: Session, body: Body, who: Doer) -> None:
    if who.caller is not None and not keeps_body(session, who.caller, body.id, on=who.today):
        raise OutsideScope(what=body.code)


def _named(text: str) -> str:
    if not text.strip():
        raise NameEmpty
    return text.strip()
