"""Pydantic's reader and writer of a dataclass, made once: making one costs more than using it."""

from typing import Any

from pydantic import TypeAdapter

_MADE: dict[type, TypeAdapter[Any]] = {}


def adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _MADE:
        _MADE[kind] = TypeAdapter(kind)
    return _MADE[kind]
