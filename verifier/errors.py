"""The five kinds of refusal; the edge knows kinds, never individuals."""

from collections.abc import Mapping
from typing import ClassVar

from verifier.i18n import say


class VerifierError(Exception):
    """A refusal: its class name is the stable code, its sentence is translatable.

    Every individual refusal stands in the module that raises it, as a subclass of
    exactly one of the five kinds below, with a `message` whose named facts are
    given as keyword arguments.
    """

    message: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(self.message, facts)
        self.facts: Mapping[str, object] = facts

    @property
    def code(self) -> str:
        return type(self).__name__

    def sentence(self, language: str = "en") -> str:
        return say(self.message, language, self.facts)

    def __str__(self) -> str:
        return self.sentence()


class NotFound(VerifierError):
    """There is no such thing."""


class NotAllowed(VerifierError):
    """You may not."""


class Invalid(VerifierError):
    """What you said cannot be."""


class Conflict(VerifierError):
    """Not in this state, or somebody was faster."""


class NotEntitled(VerifierError):
    """The law or the programme does not cover this."""
