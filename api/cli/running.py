"""`verifier init`, `verifier demo`, `verifier serve`: from an empty directory to a running installation."""

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from api.cli.accounts import password_from, print_table, stored_accounts
from api.cli.office import Office, language, opened, why_of
from api.cli.progress import bar
from verifier import db
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark, say
from verifier.operations.accounts import AddAccount, add_account
from verifier.operations.demo import FEWEST_INSTRUMENTS, DemoFilled, fill_demo
from verifier.operations.demo_accounts import DemoAccount
from verifier.operations.facts import load_facts
from verifier.queries.accounts import has_administrator
from verifier.queries.demo import is_empty
from verifier.rules.access import Role

_INSTRUMENTS, _MOST_INSTRUMENTS, _SEED = 20_000, 1_000_000, 1

SET_UP = mark("The database {database} is set up; {name} is its first administrator.")
ALREADY_SET_UP = mark("The database {database} is set up and has an administrator; nothing was changed.")
SERVED = mark("Verifier answers at {address}; Ctrl-C ends it.")
FILLED = mark("The demo stands: {holders} holders, {instruments} instruments, {verifications} verifications.")
SHOWN_ONCE = mark("These passwords are shown this once. To set another: verifier account password NAME")
PASSWORDS_FORGOTTEN = mark(
    "Passwords are not kept in the clear. To set another: verifier account password NAME"
)


class AdministratorMissing(Invalid):
    message = mark(
        "The database {database} has no administrator yet: run `verifier init` on a terminal, "
        "or with --name NAME and --password-stdin."
    )


class AddressUnusable(Conflict):
    message = mark("{host}:{port} cannot be served: {why}. Choose another with --host or --port.")


def init(
    *,
    name: Annotated[str | None, typer.Option(help="The first administrator's name.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Set up the database, or bring it to this release, and make the first administrator.

    Asks for name and password on a terminal. Once there is an administrator it makes no other.

    Example: verifier init --name admin --password-stdin
    """
    with _prepared() as office:
        database = office.engine.url.render_as_string()
        with db.reading(office.sessions) as session:
            is_done = has_administrator(session)
        if is_done:
            _say(ALREADY_SET_UP, database=database)
            return
        if not (sys.stdin.isatty() or (name and password_stdin)):
            raise AdministratorMissing(database=database)
        name = name or typer.prompt(say(mark("Name of the first administrator"), language()), default="admin")
        password = password_from(password_stdin=password_stdin)
        with db.transaction(office.sessions) as session:
            add_account(session, AddAccount(name=name, role=Role.ADMIN, password=password), who=office.who)
        _say(SET_UP, database=database, name=name)


def demo(
    *,
    instruments: Annotated[
        int, typer.Option(min=FEWEST_INSTRUMENTS, max=_MOST_INSTRUMENTS, help="How many instruments.")
    ] = _INSTRUMENTS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same demo again.")] = _SEED,
) -> None:
    """Fill an empty database with a believable Suzhou and print who can sign in.

    Example: verifier demo --instruments 400 --seed 7
    """
    with _prepared() as office:
        filled = _fill(office, instruments, seed)
    _print_filled(filled)


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer.")] = 1,
    demo: Annotated[
        bool, typer.Option("--demo", help="Set up an empty database and fill it with the demo first.")
    ] = False,
) -> None:
    """Serve the web application.

    Example: verifier serve --host 0.0.0.0 --port 8080 --workers 2
    """
    with _bound(host, port) as listening:
        if demo:
            prepare_demo()
        else:
            with opened():
                pass
        # Whoever reads the line and asks at once must not be turned away.
        listening.listen(2048)
        _say(SERVED, address=_address(listening))
        _run(listening, workers)


@contextmanager
def _prepared() -> Iterator[Office]:
    """The database at this release's shape, with this release's facts."""
    with opened(migrate=True) as office:
        with db.transaction(office.sessions) as session:
            load_facts(session, who=office.who, office_name=office.settings.office_name)
        yield office


def prepare_demo() -> None:
    """Fill what is empty; leave alone, and say who may sign in to, what is not."""
    with _prepared() as office:
        with db.reading(office.sessions) as session:
            is_new = is_empty(session)
        if is_new:
            _print_filled(_fill(office, _INSTRUMENTS, _SEED))
        else:
            print_table(*stored_accounts(office))
            _say(PASSWORDS_FORGOTTEN)


def _fill(office: Office, instruments: int, seed: int) -> DemoFilled:
    with (
        bar(say(mark("Filling the demo"), language())) as progress,
        db.transaction(office.sessions) as session,
    ):
        return fill_demo(
            session,
            instruments=instruments,
            seed=seed,
            who=office.who,
            progress=progress,
            minus_one_day=office.settings.valid_until_minus_one_day,
        )


def _print_filled(filled: DemoFilled) -> None:
    headings = [
        say(heading, language())
        for heading in (mark("Account name"), mark("Role"), mark("Where"), mark("Password"))
    ]
    everywhere = say(mark("everywhere"), language())
    rows: Sequence[Sequence[str]] = [
        (account.name, _role(account), account.where or everywhere, account.password)
        for account in filled.accounts
    ]
    _say(FILLED, holders=filled.holders, instruments=filled.instruments, verifications=filled.verifications)
    print_table(headings, rows)
    _say(SHOWN_ONCE)


def _role(account: DemoAccount) -> str:
    """Of those who verify, some check and some approve."""
    said = account.role if account.signs is None else account.signs
    return say(said.word, language())


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """The address taken before anything else is done, so that nobody waits for a demo in vain."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressUnusable(host=host, port=port, why=why_of(error)) from None
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            raise AddressUnusable(host=host, port=port, why=why_of(error)) from None
        listening.set_inheritable(True)
        yield listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _run(listening: socket.socket, workers: int) -> None:
    # By name, because each worker imports it anew; on a slow machine that takes longer than the usual
    # five seconds, and a worker that is killed while it starts never answers.
    config = uvicorn.Config(
        "api.app:create_app",
        factory=True,
        workers=workers,
        log_level="warning",
        timeout_worker_healthcheck=60,
    )
    with suppress(KeyboardInterrupt):
        if workers == 1:
            uvicorn.Server(config).run(sockets=[listening])
        else:
            Multiprocess(config, sockets=[listening]).run()


def _say(sentence: str, **facts: object) -> None:
    sys.stdout.write(say(sentence, language(), facts) + "\n")
    sys.stdout.flush()
