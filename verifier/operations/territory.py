"""Whose district it is: nobody keeps the register of another's."""

from verifier.db import Session
from verifier.operations.journal import Doer
from verifier.queries.scopes import is_within
from verifier.rules.access import OutsideScope


def check_place(session: Session, district_id: int, what: str, who: Doer) -> None:
    """Raise OutsideScope unless the district is the caller's to keep; the office itself keeps all."""
    own = who.caller.scope.district_id if who.caller else None
    if own is not None and not is_within(session, district_id, own, on=who.today):
        raise OutsideScope(what=what)
