"""The only module that knows how a QR code is made: SVG, one filled path, with its quiet zone."""

from collections.abc import Iterable
from itertools import groupby

import segno

# Modules of white around a code (ISO/IEC 18004).
QUIET_ZONE = 4


def qr_svg(text: str, *, error: str = "m", border: int = QUIET_ZONE, mask: int | None = None) -> str:
    """The code of a text as SVG with `border` modules of white; `error` is the correction level, "l" to "h".

    Without `mask` the best of the eight patterns is looked for, which takes five times as long.
    Dark modules are filled areas, not strokes as segno draws them: printers thicken strokes to whole dots.
    """
    rows = list(segno.make_qr(text, error=error, mask=mask, boost_error=False).matrix_iter(border=border))
    side = len(rows)
    dark = "".join(_areas(row, y) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{dark}"/></svg>'
    )


def _areas(row: Iterable[int], y: int) -> str:
    """The dark runs of one row of modules, each a rectangle one module high."""
    drawn, x = [], 0
    for is_dark, run in groupby(row):
        wide = len(list(run))
        if is_dark:
            drawn.append(f"M{x} {y}h{wide}v1h-{wide}z")
        x += wide
    return "".join(drawn)
