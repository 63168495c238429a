"""The words of a message: templates/notices/<kind>/ filled in, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import format_date

from verifier.rendering import environment
from verifier.rules.messages import MessageKind


@dataclass(frozen=True)
class Notice:
    """One line, plain text, and the same as a fragment of HTML."""

    subject: str
    text: str
    html: str


def worded(kind: MessageKind, facts: Mapping[str, object], language: str, *, at: str) -> Notice:
    """`at` is the installation's address, or "" on its own pages."""
    said = {
        name: environment(language)
        .get_template(f"notices/{kind.value}/{name}")
        .render(facts=facts, at=at.rstrip("/"), **_speaking(language))
        for name in ("subject.txt", "body.txt", "body.html")
    }
    # A line end in a name would reach into the header of a mail.
    return Notice(" ".join(said["subject.txt"].split()), said["body.txt"].strip() + "\n", said["body.html"])


@cache
def _speaking(language: str) -> dict[str, object]:
    """What templates call beside their facts."""

    def day(iso: str) -> str:
        return format_date(date.fromisoformat(iso), "long", locale=language)

    def clock(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def named(names: Mapping[str, str]) -> str:
        return names[language]

    return {"day": day, "clock": clock, "named": named}
