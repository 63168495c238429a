"""Accounts and their API tokens; the administrator's business alone."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Response

from api.deps import Paged, Reading, Transaction, acts, needs
from api.strict import rest_router
from verifier.operations.accounts import (
    AddAccount,
    add_account,
    issue_token,
    revoke_token,
    set_active,
    set_password,
)
from verifier.operations.journal import Doer
from verifier.queries.accounts import (
    AccountRow,
    TokenRow,
    account_by_id,
    account_row,
    accounts,
    token_id,
    tokens,
)
from verifier.queries.paging import Page
from verifier.rules.access import Right

router = rest_router("accounts")

Admin = Annotated[Doer, acts(Right.KEEP_INSTALLATION)]


@dataclass(frozen=True, kw_only=True)
class NewPassword:
    password: str


@dataclass(frozen=True, kw_only=True)
class Active:
    is_active: bool


@dataclass(frozen=True)
class IssuedToken:
    """The only time the token is shown."""

    id: int
    token: str


@router.get("", dependencies=[needs(Right.KEEP_INSTALLATION)])
def accounts_of_installation(session: Reading, paging: Paged) -> Page[AccountRow]:
    """List the accounts."""
    return accounts(session, paging)


@router.get("/{account_id}", dependencies=[needs(Right.KEEP_INSTALLATION)])
def account(account_id: int, session: Reading) -> AccountRow:
    """Show one account."""
    return account_row(session, account_id)


# No Idempotency-Key here and below: the stored question or answer would hold a password or a token.
# The unique name makes a repeated request harmless.
@router.post("", status_code=201)
def add(command: AddAccount, session: Transaction, who: Admin, response: Response) -> AccountRow:
    """Add an account, bound to a district, a holder or a body."""
    added = add_account(session, command, who=who)
    response.headers["Location"] = f"{router.prefix}/{added.id}"
    return account_row(session, added.id)


@router.put("/{account_id}/password", status_code=204)
def give_password(account_id: int, command: NewPassword, session: Transaction, who: Admin) -> None:
    """Set a new password and end the sessions opened with the old one."""
    set_password(session, account_by_id(session, account_id), command.password, who=who)


@router.put("/{account_id}/active", status_code=204)
def activate(account_id: int, command: Active, session: Transaction, who: Admin) -> None:
    """Let an account in, or keep it out from now on."""
    set_active(session, account_by_id(session, account_id), is_active=command.is_active, who=who)


@router.get("/{account_id}/tokens", dependencies=[needs(Right.KEEP_INSTALLATION)])
def tokens_of_account(account_id: int, session: Reading) -> Page[TokenRow]:
    """List an account's tokens, without the tokens themselves."""
    return Page(tokens(session, account_by_id(session, account_id).id), None)


@router.post("/{account_id}/tokens", status_code=201)
def give_token(account_id: int, session: Transaction, who: Admin, response: Response) -> IssuedToken:
    """Issue a token; it is shown once."""
    token = issue_token(session, account_by_id(session, account_id), who)
    issued = IssuedToken(token_id(session, token), token)
    response.headers["Location"] = f"{router.prefix}/{account_id}/tokens"
    return issued


@router.delete("/{account_id}/tokens/{token}", status_code=204)
def take_token(account_id: int, token: int, session: Transaction, who: Admin) -> None:
    """Revoke a token by its number."""
    revoke_token(session, account_id, token, who=who)
