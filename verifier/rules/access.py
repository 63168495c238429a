"""Which role may do what, and where."""

from dataclasses import dataclass
from enum import StrEnum

from verifier.errors import Invalid, NotAllowed
from verifier.i18n import Worded, mark


class Role(Worded):
    TECHNICIAN = "technician", mark("technician")
    COORDINATOR = "coordinator", mark("coordinator")
    HOLDER = "holder", mark("holder")
    OFFICIAL = "official", mark("official")
    ADMIN = "admin", mark("administrator")


class Bond(Worded):
    """What an account may be bound to, by the name of its field."""

    DISTRICT = "district", mark("a district")
    HOLDER = "holder_id", mark("a holder")
    BODY = "body_id", mark("a verification body")


class Right(StrEnum):
    """What a route asks for; every route asks for exactly one."""

    READ_FACTS = "read_facts"  # catalogue, regulations, tariffs, districts
    READ_REGISTER = "read_register"  # instruments, holders, verifications in one's scope
    READ_REPORTS = "read_reports"  # programmes and completion in one's scope
    BE_TOLD = "be_told"  # messages and calendars of one's own
    RECORD = "record"  # verifications
    ASK_FOR_VISIT = "ask_for_visit"  # visits to one's own places: asked for, confirmed, moved
    PLAN = "plan"  # plans and visits, in one's scope
    KEEP_REGISTER = "keep_register"  # holders, instruments, imports, programmes, staff in one's scope
    KEEP_INSTALLATION = "keep_installation"  # tariffs, districts, bodies, accounts, journal


_SIGNED_IN = {Right.READ_FACTS, Right.READ_REGISTER, Right.BE_TOLD}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.HOLDER: frozenset(_SIGNED_IN | {Right.ASK_FOR_VISIT}),
    Role.TECHNICIAN: frozenset(_SIGNED_IN | {Right.RECORD}),
    Role.OFFICIAL: frozenset(_SIGNED_IN | {Right.READ_REPORTS}),
    Role.COORDINATOR: frozenset(
        _SIGNED_IN | {Right.READ_REPORTS, Right.RECORD, Right.KEEP_REGISTER, Right.ASK_FOR_VISIT, Right.PLAN}
    ),
    Role.ADMIN: frozenset(Right),
}


class RoleMayNot(NotAllowed):
    message = mark("The role {role} may not do this.")


class OutsideScope(NotAllowed):
    message = mark("{what} lies outside what this account may see.")


class ScopeMissing(Invalid):
    message = mark("An account with the role {role} needs {needed}.")


@dataclass(frozen=True)
class Scope:
    """Where somebody may look: a district's whole subtree, one holder with its stalls, or everything."""

    district_id: int | None = None
    holder_id: int | None = None

    @property
    def is_everything(self) -> bool:
        return self.district_id is None and self.holder_id is None


@dataclass(frozen=True)
class Caller:
    """A signed-in account, as the rest of the house knows it."""

    account_id: int
    name: str
    role: Role
    scope: Scope
    body_id: int | None
    person_id: int | None

    def require(self, right: Right) -> None:
        """Raise RoleMayNot unless the role has the right."""
        if right not in RIGHTS[self.role]:
            raise RoleMayNot(role=self.role)


def check_scope(role: Role, *, district_id: int | None, holder_id: int | None, body_id: int | None) -> None:
    """Raise ScopeMissing unless the account has the one scope its role is bound to: deny by default."""
    needed = {
        Role.OFFICIAL: (district_id, Bond.DISTRICT),
        Role.COORDINATOR: (district_id, Bond.DISTRICT),
        Role.HOLDER: (holder_id, Bond.HOLDER),
        Role.TECHNICIAN: (body_id, Bond.BODY),
    }
    value, bond = needed.get(role, (0, None))
    if value is None:
        raise ScopeMissing(role=role, needed=bond)


def scope_of(
    role: Role, *, district_id: int | None, holder_id: int | None, body_district_id: int | None
) -> Scope:
    """A technician sees the territory of the own body; the installation's own office serves everywhere."""
    if role is Role.HOLDER:
        return Scope(holder_id=holder_id)
    if role is Role.TECHNICIAN:
        return Scope(district_id=body_district_id)
    return Scope(district_id=None if role is Role.ADMIN else district_id)
