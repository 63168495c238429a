"""What verifying an instrument takes, and how long before its last valid day its turn comes.

Estimates to begin with, not law: an office sets its own per kind.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Norm:
    """Minutes once a visit, minutes for each instrument, and working days before the last valid one."""

    setup_minutes: int
    minutes: int
    lead_days: int = 20


USUAL = Norm(10, 20)
# By how the kind's key begins; the longest beginning decides.
_BY_BEGINNING = {
    "awi_": Norm(30, 90),
    "balance_": Norm(15, 15),
    "bp_": Norm(10, 8),
    "clin_therm_": Norm(10, 4),
    "ecg_": Norm(15, 30),
    "ev_charger_": Norm(20, 40),
    "focimeter": Norm(10, 15),
    "fuel_dispenser": Norm(20, 20),
    "gas_dispenser_": Norm(20, 30),
    "glucose_": Norm(10, 10),
    "lab_": Norm(15, 45),
    "nawi_": Norm(10, 8),
    "nawi_nonself_bench_platform": Norm(15, 20),
    "nawi_truck_scale": Norm(60, 120),
    "pressure_": Norm(10, 10),
    "xray_": Norm(20, 60),
}


def usual_norm(kind: str) -> Norm:
    """The norm of a kind, by its key, where the office has set none."""
    fitting = [beginning for beginning in _BY_BEGINNING if kind.startswith(beginning)]
    return _BY_BEGINNING[max(fitting, key=len)] if fitting else USUAL
