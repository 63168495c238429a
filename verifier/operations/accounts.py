"""Accounts: who may come in, with which password, token or browser session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Len
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from verifier.db import Session
from verifier.errors import Conflict, Invalid, NotFound
from verifier.i18n import mark
from verifier.models import Account, ApiToken, Holder, Person, SignIn
from verifier.operations.journal import Doer, note
from verifier.queries.accounts import account_by_id, digest_of, passwords
from verifier.queries.districts import district_by_code
from verifier.queries.staff import body_by_id, office_body
from verifier.rules.access import Bond, Role, check_scope

SESSION_DAYS = 30
PASSWORD_LENGTH = 10
NAME_LENGTH_MOST = 60
# Hashing costs by length; nobody types more than this.
PASSWORD_LENGTH_MOST = 200


class AccountExists(Conflict):
    message = mark("There is already an account {account}.")


class AccountNameTooLong(Invalid):
    message = mark("An account's name has at most {most} characters.")


class AccountNameEmpty(Invalid):
    message = mark("An account needs a name.")


class AccountHolderUnknown(Invalid):
    message = mark("There is no holder {holder}.")


class ScopeUnused(Invalid):
    message = mark("An account with the role {role} has no use for {given}.")


class PasswordTooShort(Invalid):
    message = mark("A password has at least {least} characters.")


class PasswordTooLong(Invalid):
    message = mark("A password has at most {most} characters.")


class PasswordIsName(Invalid):
    message = mark("The password must not be the account's name.")


class TokenUnknown(NotFound):
    message = mark("There is no token {token} of this account.")


@dataclass(frozen=True, kw_only=True)
class AddAccount:
    name: Annotated[str, Len(1, 60)]
    role: Role
    # A district's code.
    district: str | None = None
    holder_id: int | None = None
    # None for a technician: the installation's own office.
    body_id: int | None = None
    # None: this account has tokens only.
    password: str | None = None


_USED = {
    Role.TECHNICIAN: {Bond.BODY},
    Role.COORDINATOR: {Bond.DISTRICT, Bond.BODY},
    Role.OFFICIAL: {Bond.DISTRICT},
    Role.HOLDER: {Bond.HOLDER},
    Role.ADMIN: {Bond.BODY},
}
_SIGNS = (Role.TECHNICIAN, Role.COORDINATOR, Role.ADMIN)


def add_account(session: Session, command: AddAccount, *, who: Doer) -> Account:
    """Make an account; whoever may sign records gets a person of the body to sign them as."""
    name = command.name.strip()
    password_hash = None if command.password is None else _hash(name, command.password)
    account = Account(
        name=name, role=command.role, password_hash=password_hash, is_active=True, created_at=who.now
    )
    _bind(session, account, command)
    _refuse_twin(session, name)
    if command.role in _SIGNS:
        body_id = office_body(session).id if account.body_id is None else account.body_id
        person = Person(name=name, body_id=body_id)
        session.add(person)
        session.flush()
        account.person_id = person.id
    session.add(account)
    try:
        session.flush()
    except IntegrityError:
        # Somebody else added the same name since we looked.
        raise AccountExists(account=name) from None
    note(session, who, "add_account", "account", account.id, name=name, role=command.role.value)
    return account


def _refuse_twin(session: Session, name: str) -> None:
    if not name:
        raise AccountNameEmpty
    if len(name) > NAME_LENGTH_MOST:
        raise AccountNameTooLong(most=NAME_LENGTH_MOST)
    if session.scalars(select(Account.id).where(Account.name == name)).first() is not None:
        raise AccountExists(account=name)


def _bind(session: Session, account: Account, command: AddAccount) -> None:
    """Give the account the one scope its role is bound to, and no other."""
    for given in Bond:
        if getattr(command, given) is not None and given not in _USED[command.role]:
            raise ScopeUnused(role=command.role, given=given)
    if command.district is not None:
        account.district_id = district_by_code(session, command.district).id
    if command.holder_id is not None:
        if session.get(Holder, command.holder_id) is None:
            raise AccountHolderUnknown(holder=command.holder_id)
        account.holder_id = command.holder_id
    if command.body_id is not None:
        account.body_id = body_by_id(session, command.body_id).id
    elif command.role is Role.TECHNICIAN:
        account.body_id = office_body(session).id
    check_scope(
        command.role,
        district_id=account.district_id,
        holder_id=account.holder_id,
        body_id=account.body_id,
    )


def _hash(name: str, password: str) -> str:
    if len(password) < PASSWORD_LENGTH:
        raise PasswordTooShort(least=PASSWORD_LENGTH)
    if len(password) > PASSWORD_LENGTH_MOST:
        raise PasswordTooLong(most=PASSWORD_LENGTH_MOST)
    if password.strip().casefold() == name.casefold():
        raise PasswordIsName
    return passwords().hash(password)


def set_password(session: Session, account: Account, password: str, *, who: Doer) -> None:
    """Give the account a new password; whoever was signed in with the old one no longer is."""
    account.password_hash = _hash(account.name, password)
    session.add(account)
    _end(session, SignIn.account_id == account.id, who)
    note(session, who, "set_password", "account", account.id)


def set_active(session: Session, account: Account, *, is_active: bool, who: Doer) -> None:
    """Let an account in or keep it out; whoever is kept out is signed out everywhere."""
    account.is_active = is_active
    session.add(account)
    if not is_active:
        _end(session, SignIn.account_id == account.id, who)
    note(session, who, "set_active", "account", account.id, is_active=is_active)


def issue_token(session: Session, account: Account, who: Doer) -> str:
    """A new API token; this is the only time it is known."""
    token = "vfr_" + secrets.token_urlsafe(32)
    issued = ApiToken(account_id=account.id, digest=digest_of(token), created_at=who.now)
    session.add(issued)
    session.flush()
    note(session, who, "issue_token", "account", account.id, token=issued.id)
    return token


def revoke_token(session: Session, account_id: int, token_id: int, *, who: Doer) -> None:
    """Refuse the token from now on; twice is once."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id:
        raise TokenUnknown(token=token_id)
    if token.revoked_at is None:
        token.revoked_at = who.now
        note(session, who, "revoke_token", "account", account_id, token=token_id)


def sign_in(session: Session, account_id: int, *, who: Doer) -> str:
    """Open a browser session for an account whose password was just checked; returns its token."""
    account = account_by_id(session, account_id)
    token = "vfs_" + secrets.token_urlsafe(32)
    expires_at = who.now + timedelta(days=SESSION_DAYS)
    opened = SignIn(account_id=account.id, digest=digest_of(token), created_at=who.now, expires_at=expires_at)
    session.add(opened)
    note(session, who, "sign_in", "account", account.id)
    return token


def sign_out(session: Session, token: str, *, who: Doer) -> None:
    """End one browser session; twice is once."""
    _end(session, SignIn.digest == digest_of(token), who)


def _end(session: Session, which: ColumnElement[bool], who: Doer) -> None:
    session.execute(update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=who.now))
