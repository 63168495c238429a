"""How this installation works, as its settings say: what rules need of them, and nothing else."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Practice:
    # Twelve months from 5 March end on 4 March.
    minus_one_day: bool = True
    # How many of verifier, checker and approver sign before a paper is issued: 1 to 3.
    signatures: int = 3
    # Where the code on a paper leads.
    base_url: str = "http://127.0.0.1:8000"
    # What the keys of bodies are derived from; empty: no labels are signed.
    secret: bytes = field(default=b"", repr=False)


USUAL = Practice()
