"""An imported register as the doors show it."""

from typing import Any

from verifier.i18n import say
from verifier.operations.imports import RegisterImported


def register_json(imported: RegisterImported, language: str) -> dict[str, Any]:
    """`stand`, `created` and `unchanged` count instruments; `rows` and `refused` are rows of the file."""
    return {
        "rows": imported.rows,
        "stand": imported.stand,
        "created": imported.created,
        "unchanged": imported.unchanged,
        "refused": [
            {
                "row": fault.row,
                "field": fault.field,
                "reason": fault.reason.value,
                "message": fault.sentence(language),
            }
            for fault in imported.faults
        ],
        "warnings": [{"row": row, "message": say(message, language)} for row, message in imported.warnings],
    }
