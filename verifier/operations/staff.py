"""Verification bodies, their scope, their people, and what these may verify."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
from verifier.rules.numbering import check_pattern

# "JJG539-2016" is written without the blank as often as with it.
_REGULATION = re.compile(r"^(JJ[GF]|GB(?:/T)?)\s*(?=\d)", re.ASCII | re.IGNORECASE)


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


class PatternShared(Conflict):
    message = mark("{body} numbers by {pattern} already: put {{body}} into it, or choose another.")


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
class ChangeBody:
    """How its certificates are numbered and what they print; what is left out stays as it is."""

    certificate_pattern: Annotated[str, Len(1, 80)] | None = None
    # Verifications of earlier days wait for no paper here.
    papers_from: date | None = None
    authorisation_no: Annotated[str, Len(max_length=80)] | None = None
    address: Annotated[str, Len(max_length=200)] | None = None
    phone: Annotated[str, Len(max_length=40)] | None = None
    postcode: Annotated[str, Len(max_length=20)] | None = None
    email: Annotated[str, Len(max_length=120)] | None = None


@dataclass(frozen=True, kw_only=True)
class AddTechnician:
    name: Annotated[str, Len(1, 60)]
    # A body's code.
    body: str = OFFICE


@dataclass(frozen=True, kw_only=True)
class AddCompetence:
    # A kind's key.
    kind: str
    # "JJG 539", or "JJG 539-2016" for one edition only; empty: any regulation of the kind.
    regulation: Annotated[str, Len(max_length=60)] = ""
    certificate_no: Annotated[str, Len(max_length=60)] = ""
    valid_from: date
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class NameApprover:
    """Whether somebody may sign as approver for the own body."""

    is_approver: bool


def add_body(session: Session, command: AddBody, *, who: Doer) -> Body:
    district = None if command.district is None else district_by_code(session, command.district)
    code = named(command.code)
    if not is_addressable(code):
        raise BodyCodeWrong(code=code)
    if session.scalars(select(Body.id).where(Body.code == code)).first() is not None:
        raise BodyExists(body=code)
    body = Body(code=code, name=named(command.name), district_id=district.id if district else None)
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


def change_body(session: Session, body: Body, command: ChangeBody, *, who: Doer) -> None:
    """Change what the body's papers say; `body` is locked by the caller."""
    given = {name: value for name, value in asdict(command).items() if value is not None}
    changes = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    if "certificate_pattern" in changes:
        _check_pattern(session, body, changes["certificate_pattern"])
    for name, value in changes.items():
        setattr(body, name, value)
    session.flush()
    note(session, who, "change_body", "body", body.id, **changes)


def _check_pattern(session: Session, body: Body, pattern: str) -> None:
    check_pattern(pattern)
    same = select(Body.code).where(Body.certificate_pattern == pattern, Body.id != body.id)
    other = session.scalars(same).first()
    if other is not None and "{body}" not in pattern:
        raise PatternShared(body=other, pattern=pattern)


def add_technician(session: Session, command: AddTechnician, *, who: Doer) -> Person:
    """Add somebody who verifies; two people may have the same name."""
    body = body_by_code(session, command.body)
    check_keeper(session, body, who)
    person = Person(name=named(command.name), body_id=body.id)
    session.add(person)
    session.flush()
    note(session, who, "add_technician", "person", person.id, name=person.name, body=body.code)
    return person


def add_competence(session: Session, technician_id: int, command: AddCompetence, *, who: Doer) -> Competence:
    """Record that somebody may verify a kind for a period."""
    person = technician_by_id(session, technician_id)
    check_keeper(session, body_by_id(session, person.body_id), who)
    if command.valid_until < command.valid_from:
        raise CompetenceEndsBeforeItBegins(valid_from=command.valid_from, valid_until=command.valid_until)
    competence = Competence(
        person_id=person.id,
        kind_id=kind_by_key(session, command.kind).id,
        regulation=_regulation(command.regulation),
        certificate_no=command.certificate_no,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
    )
    session.add(competence)
    try:
        session.flush()
    except IntegrityError:
        raise CompetenceExists(kind=command.kind, valid_from=command.valid_from) from None
    note(
        session,
        who,
        "add_competence",
        "person",
        person.id,
        kind=command.kind,
        regulation=competence.regulation,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
    )
    return competence


def name_approver(session: Session, technician_id: int, command: NameApprover, *, who: Doer) -> None:
    """Say whether somebody may approve certificates; the same said twice changes nothing."""
    person = technician_by_id(session, technician_id)
    check_keeper(session, body_by_id(session, person.body_id), who)
    person.is_approver = command.is_approver
    session.flush()
    note(session, who, "name_approver", "person", person.id, is_approver=command.is_approver)


def _regulation(written: str) -> str:
    return _REGULATION.sub(lambda found: f"{found[1].upper()} ", " ".join(written.split()), count=1)


def check_keeper(session: Session, body: Body, who: Doer) -> None:
    """Raise OutsideScope unless who acts keeps the staff and the standards of the body."""
    if who.caller is not None and not keeps_body(session, who.caller, body.id, on=who.today):
        raise OutsideScope(what=body.code)


def named(text: str) -> str:
    """A name or code without the blanks around it; raises NameEmpty."""
    if not text.strip():
        raise NameEmpty
    return text.strip()
