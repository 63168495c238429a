"""The `verifier` command taken apart: every command with its help and its examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

import typer

from api.cli import app

EXAMPLE = re.compile(r"^Example: (verifier .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    # As it is typed, such as "verifier import register".
    name: str
    help: str

    @property
    def examples(self) -> list[str]:
        return EXAMPLE.findall(self.help)


def _walk(name: str, command: Any) -> Iterator[Command]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield Command(name, cleandoc(command.help or ""))
    for word, below in sorted(inner.items()):
        yield from _walk(f"{name} {word}", below)


COMMANDS = list(_walk("verifier", typer.main.get_command(app)))
