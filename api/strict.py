"""Routes that refuse what they do not know: a mistyped field or filter must not be ignored in silence."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

API = "/api/v1"


def rest_router(noun: str) -> APIRouter:
    """The router of `/api/v1/<noun>`."""
    tags: list[str | Enum] = [noun]
    return APIRouter(prefix=f"{API}/{noun}", tags=tags, route_class=StrictRoute)


def _query_names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def _refuse_unknown(request: Request) -> None:
    route = request.scope["route"]
    known = set(_query_names(route.dependant))
    unknown = [name for name in dict(request.query_params) if name not in known]
    if unknown:
        raise RequestValidationError(
            [
                {"type": "extra_forbidden", "loc": ("query", name), "msg": "", "input": None}
                for name in unknown
            ]
        )


class StrictRoute(APIRoute):
    """Makes Pydantic forbid extra fields in every command a route takes, and checks the query's names."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:  # noqa: ANN401  as FastAPI's
        for parameter in inspect.signature(endpoint).parameters.values():
            _forbid_extras(parameter.annotation)
        settings["dependencies"] = [*(settings.get("dependencies") or ()), Depends(_refuse_unknown)]
        super().__init__(path, endpoint, **settings)


def _forbid_extras(annotation: Any) -> None:  # noqa: ANN401  whatever an annotation may be
    """Configure a command from here, so that Pydantic does not enter the domain."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        # Dataclasses within the command inherit it.
        annotation.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]  # Pydantic's own door
        return
    parts = get_args(annotation)
    if any(isinstance(part, type(Depends())) for part in parts):
        return
    for part in parts:
        _forbid_extras(part)
