"""What an office can set, type or be refused stands in docs/."""

import re
import runpy

import pytest

from tests.architecture.commands import COMMANDS, Command
from tests.architecture.source import ROOT
from verifier.settings import Settings

RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
SETTINGS = sorted(f"VERIFIER_{name.upper()}" for name in Settings.model_fields)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_described(name: str) -> None:
    assert f"`{name}`" in RUNNING


def test_no_setting_is_described_that_does_not_exist() -> None:
    assert sorted(set(re.findall(r"`(VERIFIER_[A-Z_]+)`", RUNNING)) - set(SETTINGS)) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_described(command: Command) -> None:
    assert re.search(rf"{command.name}(?![\w-])", RUNNING)


def test_no_command_is_described_that_does_not_exist() -> None:
    known = {command.name for command in COMMANDS}
    groups = {name.rsplit(" ", 1)[0] for name in known}
    written = re.findall(r"\bverifier(?: [a-z]+)+", "\n".join(re.findall(r"`(verifier [^`]*)`", RUNNING)))

    assert written
    assert [name for name in written if not any(_begins(name, one) for one in known | groups)] == []


def _begins(written: str, name: str) -> bool:
    return name != "verifier" and (written + " ").startswith(name + " ")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_commands_help_ends_with_an_example(command: Command) -> None:
    last = command.help.splitlines()[-1]

    assert last.startswith(f"Example: {command.name}")
    assert (last + " ").startswith(f"Example: {command.name} ")


def test_the_list_of_modules_is_up_to_date() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_tree.py"))["page"]

    assert (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8") == page(), (
        "run python docs/make_tree.py"
    )


def test_every_decision_has_its_five_parts() -> None:
    parts = ["Context", "Decision", "Consequences", "Alternatives", "Checked by"]
    wrong = {
        path.name: found
        for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))
        if (found := re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)) != parts
    }
    assert wrong == {}
