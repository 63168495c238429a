"""The `verifier` command: thin functions over the floors below."""

import sys

import typer

from api.cli import accounts, checks, imports, labels, papers, planning, reports, running
from api.cli.office import language
from verifier.errors import VerifierError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Free mandatory verification of measuring instruments: register, programmes, records, completion.",
)
app.command("init")(running.init)
app.command("demo")(running.demo)
app.command("serve")(running.serve)
app.command("plan")(planning.plan)
app.command("check")(checks.check)
app.command("doctor")(checks.doctor)
app.command("check-label")(labels.check_label)
app.add_typer(imports.app, name="import")
app.add_typer(reports.app, name="report")
app.add_typer(papers.app, name="print")
app.add_typer(accounts.app, name="account")


def main() -> None:
    """Exit status: 0 done, 1 refused (said on standard error), 2 wrong usage."""
    try:
        app()
    except VerifierError as refusal:
        sys.stderr.write(refusal.sentence(language()) + "\n")
        sys.exit(1)
