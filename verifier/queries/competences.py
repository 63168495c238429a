"""May this person verify this kind, by this regulation, on this day?"""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from verifier.db import Session
from verifier.models import BodyScope, Competence, Person

_YEAR = re.compile(r"-(?:\d{4}|\d{2})$", re.ASCII)


@dataclass(frozen=True)
class Authorisation:
    """A body that has recorded nothing yet is not checked, and the answer says so."""

    competences_recorded: bool
    is_competent: bool
    scope_recorded: bool
    kind_in_scope: bool


def authorisation(
    session: Session, person: Person, kind_id: int, *, on: date, regulation: str | None = None
) -> Authorisation:
    """`regulation` is the edition applied, "JJG 539-2016"; None: not known, so any competence counts."""
    of_body = exists().where(Competence.person_id == Person.id, Person.body_id == person.body_id)
    competent = exists().where(
        Competence.person_id == person.id,
        Competence.kind_id == kind_id,
        Competence.valid_from <= on,
        Competence.valid_until >= on,
    )
    if regulation is not None:
        competent = competent.where(Competence.regulation.in_(_fitting(regulation)))
    scope = exists().where(BodyScope.body_id == person.body_id)
    in_scope = scope.where(BodyScope.kind_id == kind_id)
    return Authorisation(*session.execute(select(of_body, competent, scope, in_scope)).one())


def _fitting(regulation: str) -> set[str]:
    """What a competence may say to fit an edition: the edition, the regulation in any edition, or nothing."""
    return {"", regulation, _YEAR.sub("", regulation)}
