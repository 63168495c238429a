"""`verifier account`: who may sign in."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.office import Office, language, opened
from verifier import db
from verifier.errors import Invalid
from verifier.i18n import mark, say
from verifier.operations.accounts import AddAccount, add_account, issue_token, set_password
from verifier.queries.accounts import AccountRow, account_by_name, accounts
from verifier.queries.paging import MOST, Paging
from verifier.rules.access import Role

app = typer.Typer(no_args_is_help=True, help="Accounts, their passwords and tokens.")

PASSWORD_SET = mark(
    "The account {account} has a new password; whoever was signed in with the old one is not any more."
)

# No row has a larger number.
_LAST = 2**31 - 1
PasswordFromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read a password from standard input.")
]


class PasswordMissing(Invalid):
    message = mark("There is nobody to ask for a password: give it with --password-stdin.")


@app.callback()
def account() -> None:
    """Accounts, their passwords and tokens."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    *,
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    district: Annotated[str | None, typer.Option(help="Code of the district it is bound to.")] = None,
    holder: Annotated[
        int | None, typer.Option(min=1, max=_LAST, help="Number of the holder it is bound to.")
    ] = None,
    body: Annotated[
        int | None, typer.Option(min=1, max=_LAST, help="Number of the verification body.")
    ] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Print an API token, once, on the last line.")
    ] = False,
    password_stdin: PasswordFromStdin = False,
) -> None:
    """Add an account, bound to a district, a holder or a body.

    Example: verifier account add wang --role technician --token
    """
    password = _one_line() if password_stdin else None
    command = AddAccount(
        name=name, role=role, district=district, holder_id=holder, body_id=body, password=password
    )
    with opened() as office, db.transaction(office.sessions) as session:
        added = add_account(session, command, who=office.who)
        printed = issue_token(session, added, who=office.who) if token else None
    if printed is not None:
        sys.stdout.write(printed + "\n")


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    *,
    password_stdin: PasswordFromStdin = False,
) -> None:
    """Give an account a new password; asks for it twice on a terminal.

    Example: verifier account password coordinator --password-stdin
    """
    with opened() as office:
        with db.reading(office.sessions) as session:
            account_by_name(session, name)
        given = password_from(password_stdin=password_stdin)
        with db.transaction(office.sessions) as session:
            set_password(session, account_by_name(session, name), given, who=office.who)
    sys.stdout.write(say(PASSWORD_SET, language(), {"account": name}) + "\n")


@app.command("list")
def list_accounts() -> None:
    """List who may sign in, without passwords.

    Example: verifier account list
    """
    with opened() as office:
        headings, rows = stored_accounts(office)
    print_table(headings, rows)


def password_from(*, password_stdin: bool) -> str:
    """The password somebody types twice, or one line of standard input; raises PasswordMissing."""
    if password_stdin:
        return _one_line()
    if not sys.stdin.isatty():
        raise PasswordMissing
    asked: str = typer.prompt(say(mark("Password"), language()), hide_input=True, confirmation_prompt=True)
    return asked


def _one_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def stored_accounts(office: Office) -> tuple[list[str], list[Sequence[str]]]:
    """Headings and rows of every account."""
    headings = [say(heading, language()) for heading in (mark("Account name"), mark("Role"), mark("Where"))]
    rows: list[Sequence[str]] = []
    with db.reading(office.sessions) as session:
        after: str | None = None
        while True:
            page = accounts(session, Paging(limit=MOST, after=after))
            rows += [(row.name, _role(row), _where(row)) for row in page.items]
            if page.next is None:
                return headings, rows
            after = page.next


def _role(row: AccountRow) -> str:
    role = say(row.role.word, language())
    return role if row.is_active else f"{role} ({say(mark('closed'), language())})"


def _where(row: AccountRow) -> str:
    if row.district is not None:
        return say(mark("district {code}"), language(), {"code": row.district})
    if row.holder_id is not None:
        return say(mark("holder {number}"), language(), {"number": row.holder_id})
    if row.body_id is not None:
        return say(mark("body {number}"), language(), {"number": row.body_id})
    return say(mark("everywhere"), language())


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table()
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    # A pipe has no width of its own: print whole rows there.
    Console(width=None if sys.stdout.isatty() else 160).print(table)
