"""Regulations as TOML files: those that are shipped, and those an office writes itself."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from verifier.rules.regulation_entries import RegulationWrong, Wanted, wrong

SHIPPED = Path(__file__).parent / "data" / "regulations"
_LINE = re.compile(r"at line (\d+)")


def read_file(content: Path | bytes, name: str) -> dict[str, Any]:
    """The document in a file, fit for JSON: days as text, fractions as text with the digits written.

    Raises RegulationWrong with the line where it is no TOML; what it says is read by `read_regulation`.
    """
    raw = content.read_bytes() if isinstance(content, Path) else content
    try:
        parsed = tomllib.loads(raw.decode("utf-8-sig"), parse_float=str)
    except UnicodeDecodeError as broken:
        line = raw[: broken.start].count(b"\n") + 1
        raise _broken(name, f"{broken.reason} (at line {line})") from broken
    # ValueError: no TOML, or a number longer than Python reads; RecursionError: brackets without end.
    except (ValueError, RecursionError) as broken:
        raise _broken(name, str(broken)) from broken
    document: dict[str, Any] = _jsonable(parsed)
    return document


def shipped() -> list[tuple[str, dict[str, Any]]]:
    """Every regulation that comes with the product, by the name of its file."""
    return [(path.name, read_file(path, path.name)) for path in sorted(SHIPPED.glob("*.toml"))]


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON: the same content, the same digest."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _broken(name: str, said: str) -> RegulationWrong:
    line = _LINE.search(said)
    at = f"line {line[1]}" if line else "last line"
    return wrong(name, at, "TOML", Wanted.TOML, example='code = "JJG 539-2016"', found=said)


def _jsonable(found: object) -> Any:  # noqa: ANN401  whatever TOML holds
    if isinstance(found, dict):
        return {key: _jsonable(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_jsonable(value) for value in found]
    return found.isoformat() if isinstance(found, date | time) else found
