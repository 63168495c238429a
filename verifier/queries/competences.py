"""May this person verify this kind on this day?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from verifier.db import Session
from verifier.models import BodyScope, Competence, Person


@dataclass(frozen=True)
class Authorisation:
    """A body that has recorded nothing yet is not checked, and the answer says so."""

    competences_recorded: bool
    is_competent: bool
    scope_recorded: bool
    kind_in_scope: bool


def authorisation(session: Session, person: Person, kind_id: int, *, on: date) -> Authorisation:
    of_body = exists().where(Competence.person_id == Person.id, Person.body_id == person.body_id)
    competent = exists().where(
        Competence.person_id == person.id,
        Competence.kind_id == kind_id,
        Competence.valid_from <= on,
        Competence.valid_until >= on,
    )
    scope = exists().where(BodyScope.body_id == person.body_id)
    in_scope = scope.where(BodyScope.kind_id == kind_id)
    return Authorisation(*session.execute(select(of_body, competent, scope, in_scope)).one())
