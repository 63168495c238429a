"""Whether a verification may be recorded at all: the day, the programme, the verifier, the regulation."""

from dataclasses import dataclass
from datetime import date

from verifier.db import Session
from verifier.errors import Conflict, Invalid, NotAllowed, NotEntitled, NotFound
from verifier.i18n import mark
from verifier.models import Instrument, Person, Programme, RegulationEdition
from verifier.operations.journal import Doer
from verifier.operations.territory import check_place
from verifier.queries.catalogue import regulation_in_force, regulation_named
from verifier.queries.competences import authorisation
from verifier.queries.programmes import enrolment_of
from verifier.queries.scopes import is_within
from verifier.queries.staff import body_by_id
from verifier.rules.access import OutsideScope, Right, Role
from verifier.rules.codes import instrument_code
from verifier.rules.lifecycle import ProgrammeStatus, may_be_verified
from verifier.rules.validity import EARLIEST_DAY


class InstrumentRetired(Conflict):
    message = mark("Instrument {instrument} is {status} and cannot be verified.")


class PerformedInFuture(Invalid):
    message = mark("A verification on {performed_on} lies in the future; today is {today}.")


class PerformedTooEarly(Invalid):
    message = mark("{performed_on} is no day of a verification: nothing in use is older than {earliest}.")


class PerformedBeforeMade(Invalid):
    message = mark("The instrument was made on {manufactured_on}; it cannot be verified on {performed_on}.")


class RegulationNotInForce(Invalid):
    message = mark(
        "{regulation} is not the regulation in force for this kind on {performed_on}; {in_force} is."
    )


class VerifierUnknown(NotFound):
    message = mark("There is no verifier {technician}.")


class VerifierMissing(Invalid):
    message = mark("Say whose verification this is (technician); the account {account} is no verifier.")


class VerifierNotCompetent(NotAllowed):
    message = mark("{person} has no competence for this kind of instrument that is valid on {performed_on}.")


class BodyNotInScope(NotAllowed):
    message = mark("{body} is not authorised for this kind of instrument, or not for this district.")


class NotEnrolled(NotEntitled):
    message = mark("Instrument {instrument} is not enrolled in programme {programme} on {performed_on}.")


class ProgrammeNotStarted(Conflict):
    message = mark("Programme {programme} has not started; start it first, which freezes its base.")


class ProgrammeClosed(Conflict):
    message = mark(
        "Programme {programme} takes no verification of {performed_on}: "
        "it runs from {starts_on} to {ends_on} and is {status}."
    )


COMPETENCES_NOT_RECORDED = mark(
    "The body has recorded no competences yet, so the verifier's was not checked."
)
SCOPE_NOT_RECORDED = mark("The body has recorded no authorised kinds yet, so its scope was not checked.")


@dataclass(frozen=True)
class Verifier:
    person_id: int
    body_id: int
    warnings: tuple[str, ...]


def check_day(instrument: Instrument, performed_on: date, *, today: date) -> None:
    if not may_be_verified(instrument.status):
        raise InstrumentRetired(instrument=instrument_code(instrument.id), status=instrument.status)
    if performed_on > today:
        raise PerformedInFuture(performed_on=performed_on, today=today)
    if performed_on < EARLIEST_DAY:
        raise PerformedTooEarly(performed_on=performed_on, earliest=EARLIEST_DAY)
    if instrument.manufactured_on is not None and performed_on < instrument.manufactured_on:
        raise PerformedBeforeMade(manufactured_on=instrument.manufactured_on, performed_on=performed_on)


def check_enrolled(session: Session, programme: Programme, instrument: Instrument, *, on: date) -> None:
    """The programme must be running on that day, with the instrument on its list."""
    if programme.status is ProgrammeStatus.DRAFT:
        raise ProgrammeNotStarted(programme=programme.code)
    open_that_day = programme.starts_on <= on <= programme.ends_on
    if programme.status is ProgrammeStatus.CLOSED or not open_that_day:
        raise ProgrammeClosed(
            programme=programme.code,
            performed_on=on,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
            status=programme.status,
        )
    enrolment = enrolment_of(session, programme.id, instrument.id)
    if enrolment is None or (enrolment.withdrawn_on is not None and enrolment.withdrawn_on <= on):
        raise NotEnrolled(
            instrument=instrument_code(instrument.id), programme=programme.code, performed_on=on
        )


def regulation_applied(
    session: Session, kind_id: int, stated: str | None, *, on: date
) -> RegulationEdition | None:
    """The edition in force on the day, or the one stated if it may have been; None where none is known."""
    in_force = regulation_in_force(session, kind_id, on=on)
    if stated is None or (in_force is not None and in_force.code == stated):
        return in_force
    named = regulation_named(session, kind_id, stated, on=on)
    if named is None:
        raise RegulationNotInForce(
            regulation=stated, performed_on=on, in_force=in_force.code if in_force else "-"
        )
    return named


def verifier_for(
    session: Session,
    instrument: Instrument,
    technician: int | None,
    *,
    regulation: str | None,
    on: date,
    who: Doer,
) -> Verifier:
    """Who signs, checked for competence and territory; a technician signs only the own records."""
    person = person_acting(session, technician, who)
    check_acting_place(session, instrument.district_id, instrument_code(instrument.id), who)
    body = body_by_id(session, person.body_id)
    found = authorisation(session, person, instrument.kind_id, on=on, regulation=regulation)
    if body.district_id is not None and not is_within(
        session, instrument.district_id, body.district_id, on=on
    ):
        raise BodyNotInScope(body=body.name)
    if found.scope_recorded and not found.kind_in_scope:
        raise BodyNotInScope(body=body.name)
    if found.competences_recorded and not found.is_competent:
        raise VerifierNotCompetent(person=person.name, performed_on=on)
    warnings = []
    if not found.competences_recorded:
        warnings.append(COMPETENCES_NOT_RECORDED)
    if not found.scope_recorded:
        warnings.append(SCOPE_NOT_RECORDED)
    return Verifier(person.id, body.id, tuple(warnings))


def person_acting(session: Session, technician: int | None, who: Doer) -> Person:
    """The person named, or the caller's own; a technician acts only as the own person."""
    own = who.caller.person_id if who.caller else None
    chosen = technician if technician is not None else own
    if chosen is None:
        raise VerifierMissing(account=who.name)
    person = session.get(Person, chosen)
    if person is None:
        raise VerifierUnknown(technician=chosen)
    if who.caller is not None:
        who.caller.require(Right.RECORD)
        if who.caller.role is Role.TECHNICIAN and person.id != who.caller.person_id:
            raise OutsideScope(what=person.name)
    return person


def check_acting_place(session: Session, district_id: int, what: str, who: Doer) -> None:
    """A technician's territory is the body's, which is checked apart."""
    if who.caller is not None and who.caller.role is not Role.TECHNICIAN:
        check_place(session, district_id, what, who)
