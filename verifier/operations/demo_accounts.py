"""Who may sign in to the demo: an account for every part to play, each with a password nobody has seen."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from verifier.db import Session
from verifier.models import Account, Competence, Person
from verifier.operations.accounts import AddAccount, add_account
from verifier.operations.demo_office import DemoBody, competences, demo_kinds
from verifier.operations.demo_programmes import SUZHOU
from verifier.operations.demo_register import DemoHolder, DemoInstrument, Ground
from verifier.operations.journal import Doer
from verifier.queries.accounts import has_administrator
from verifier.queries.districts import district_by_code
from verifier.rules.access import Role
from verifier.rules.holders import HolderKind
from verifier.rules.signing import SigningRole

TAICANG = "320585"
# Neither 0, O and o nor 1, I and l: it is copied from a screen by hand.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
# Who is there to check and to approve what waits in the demo.
_SIGNS = {"checker": SigningRole.CHECKER, "approver": SigningRole.APPROVER}


@dataclass(frozen=True)
class DemoAccount:
    """An account as the terminal shows it once; `where` is "" for everywhere."""

    name: str
    role: Role
    where: str
    password: str
    # What the account signs beside what it verifies; None: nothing that this list is about.
    signs: SigningRole | None = None


def add_accounts(
    session: Session,
    ground: Ground,
    items: Sequence[DemoInstrument],
    bodies: Mapping[str, DemoBody],
    *,
    who: Doer,
) -> tuple[DemoAccount, ...]:
    """An administrator is added only where there is none yet."""
    added: list[DemoAccount] = []
    for where, command in _commands(session, items, bodies[TAICANG]):
        account = add_account(session, command, who=who)
        signs = _SIGNS.get(command.name)
        if command.body_id is not None:
            _make_competent(session, ground, account, bodies[TAICANG], signs)
        added.append(DemoAccount(command.name, command.role, where, command.password or "", signs))
    return tuple(added)


def _commands(
    session: Session, items: Sequence[DemoInstrument], body: DemoBody
) -> Iterator[tuple[str, AddAccount]]:
    suzhou, taicang = (district_by_code(session, code).name_zh for code in (SUZHOU, TAICANG))
    market, clinic = _market(items), _clinic(items)
    if not has_administrator(session):
        yield "", AddAccount(name="admin", role=Role.ADMIN, password=_password())
    yield (
        taicang,
        AddAccount(
            name="coordinator", role=Role.COORDINATOR, district=TAICANG, body_id=body.id, password=_password()
        ),
    )
    for name, code, where in (("official-suzhou", SUZHOU, suzhou), ("official-taicang", TAICANG, taicang)):
        yield where, AddAccount(name=name, role=Role.OFFICIAL, district=code, password=_password())
    for name in ("technician", *_SIGNS):
        command = AddAccount(name=name, role=Role.TECHNICIAN, body_id=body.id, password=_password())
        yield body.name, command
    for name, holder in (("market", market), ("clinic", clinic)):
        yield holder.name, AddAccount(name=name, role=Role.HOLDER, holder_id=holder.id, password=_password())


def _market(items: Sequence[DemoInstrument]) -> DemoHolder:
    """Taicang's first market with stalls."""
    return next(
        item.unit for item in items if item.holder.market is not None and item.holder.county.code == TAICANG
    )


def _clinic(items: Sequence[DemoInstrument]) -> DemoHolder:
    outside = (HolderKind.MARKET, HolderKind.STALL)
    return next(
        item.holder
        for item in items
        if item.holder.kind not in outside and item.holder.county.code == TAICANG
    )


def _password() -> str:
    """Three groups of four: sixty bits, and readable."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _make_competent(
    session: Session, ground: Ground, account: Account, body: DemoBody, signs: SigningRole | None
) -> None:
    """The person the account signs as gets a name of flesh and blood, and the right to sign."""
    person = session.get(Person, account.person_id)
    if person is None:
        raise LookupError(f"account {account.name} signs as nobody")
    person.name = ground.names.person()
    person.is_approver = signs is SigningRole.APPROVER
    since = ground.month(0).replace(year=ground.today.year - 2)
    session.execute(insert(Competence), list(competences(person.id, body.code, demo_kinds(ground), since)))
