"""Who is asking: accounts, their tokens and their open sessions."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import ColumnElement, Select, select

from verifier.db import Session
from verifier.errors import Invalid, NotFound
from verifier.i18n import mark
from verifier.models import Account, ApiToken, Body, District, SignIn
from verifier.queries.paging import Page, Paging, page_of
from verifier.rules.access import Caller, Role, scope_of


class AccountUnknown(NotFound):
    message = mark("There is no account {account}.")


class SignInRefused(Invalid):
    # One sentence for both, so that nobody learns which names exist.
    message = mark("The name or the password is wrong.")


@dataclass(frozen=True)
class AccountRow:
    id: int
    name: str
    role: Role
    district: str | None
    holder_id: int | None
    body_id: int | None
    is_active: bool
    created_at: datetime


@dataclass(frozen=True)
class TokenRow:
    id: int
    created_at: datetime
    revoked_at: datetime | None


@cache
def passwords() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    return passwords().hash("nobody's password")


def digest_of(secret: str) -> str:
    """What is stored of a token: tokens are random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _caller(session: Session, statement: Select[Account, int | None]) -> Caller | None:
    found = session.execute(statement.where(Account.is_active)).one_or_none()
    if found is None:
        return None
    account, body_district_id = found
    scope = scope_of(
        account.role,
        district_id=account.district_id,
        holder_id=account.holder_id,
        body_district_id=body_district_id,
    )
    return Caller(account.id, account.name, account.role, scope, account.body_id, account.person_id)


def _accounts() -> Select[Account, int | None]:
    return select(Account, Body.district_id).outerjoin(Body, Body.id == Account.body_id)


def caller_by_token(session: Session, token: str) -> Caller | None:
    """Whose API token this is, in one statement; None: nobody's, or no longer."""
    mine: ColumnElement[bool] = ApiToken.digest == digest_of(token)
    statement = _accounts().join(ApiToken, ApiToken.account_id == Account.id)
    return _caller(session, statement.where(mine, ApiToken.revoked_at.is_(None)))


def caller_by_session(session: Session, token: str, *, now: datetime) -> Caller | None:
    """Whose browser session this is, in one statement; None: nobody's, or no longer."""
    mine: ColumnElement[bool] = SignIn.digest == digest_of(token)
    statement = _accounts().join(SignIn, SignIn.account_id == Account.id)
    return _caller(session, statement.where(mine, SignIn.ended_at.is_(None), SignIn.expires_at > now))


def account_by_password(session: Session, name: str, password: str) -> Account:
    """The active account with this name and password; raises SignInRefused.

    Takes as long for a name that does not exist, and takes long: ask in a reading session, which
    keeps nobody else waiting.
    """
    account = session.scalars(select(Account).where(Account.name == name.strip())).one_or_none()
    known_hash = account.password_hash if account else None
    matches = passwords().verify(password, known_hash or _nobodys_hash())
    if account is None or known_hash is None or not matches or not account.is_active:
        raise SignInRefused
    return account


def account_by_id(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise AccountUnknown(account=account_id)
    return account


def account_by_name(session: Session, name: str) -> Account:
    account = session.scalars(select(Account).where(Account.name == name)).one_or_none()
    if account is None:
        raise AccountUnknown(account=name)
    return account


def _rows() -> Select[int, str, Role, str | None, int | None, int | None, bool, datetime]:
    return select(
        Account.id,
        Account.name,
        Account.role,
        District.code,
        Account.holder_id,
        Account.body_id,
        Account.is_active,
        Account.created_at,
    ).outerjoin(District, District.id == Account.district_id)


def accounts(session: Session, paging: Paging) -> Page[AccountRow]:
    return page_of(session, _rows(), paging, by=[Account.id], row=AccountRow)


def account_row(session: Session, account_id: int) -> AccountRow:
    found = session.execute(_rows().where(Account.id == account_id)).one_or_none()
    if found is None:
        raise AccountUnknown(account=account_id)
    return AccountRow(*found)


def tokens(session: Session, account_id: int) -> list[TokenRow]:
    """The API tokens of an account, without the tokens themselves."""
    statement = select(ApiToken.id, ApiToken.created_at, ApiToken.revoked_at)
    found = session.execute(statement.where(ApiToken.account_id == account_id).order_by(ApiToken.id))
    return [TokenRow(*row) for row in found]


def token_id(session: Session, token: str) -> int:
    """The number of a token that was just issued, by which it can be revoked."""
    return session.scalars(select(ApiToken.id).where(ApiToken.digest == digest_of(token))).one()


def has_administrator(session: Session) -> bool:
    """Whether somebody can sign in who may do everything."""
    statement = select(Account.id).where(
        Account.role == Role.ADMIN, Account.is_active, Account.password_hash.is_not(None)
    )
    return session.scalars(statement.limit(1)).first() is not None
