"""Publishing a plan that can be kept."""

from scheduler.drafts import read_draft
from verifier.db import Session
from verifier.errors import Conflict
from verifier.i18n import mark
from verifier.operations.journal import Doer
from verifier.operations.publishing import Published, publish_plan


class PlanHasFaults(Conflict):
    message = mark("Plan {plan} cannot be kept as it is: {count} faults are listed with it.")


def publish(session: Session, number: int, *, who: Doer) -> Published:
    """Publish unless something in the plan cannot be kept; what is only regrettable does not hinder.

    Raises PlanHasFaults, and what publish_plan raises.
    """
    published = publish_plan(session, number, who=who)
    # Asked while the plan is locked: nobody can change it in between. A refusal takes everything back.
    hard = [fault for fault in read_draft(session, number, on=who.today).faults() if not fault.is_soft]
    if hard:
        raise PlanHasFaults(plan=number, count=len(hard), faults=[fault.kind.value for fault in hard])
    return published
