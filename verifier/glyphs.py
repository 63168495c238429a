"""Which characters a font file has, read from its `cmap` table (OpenType 1.9)."""

import struct
from collections.abc import Iterator
from pathlib import Path

_COLLECTION = b"ttcf"
# Unicode by platform and encoding; the others are symbols, old code pages and variation sequences.
_UNICODE = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}


def characters_of(path: Path) -> frozenset[str]:
    """All characters the font, or the first font of a collection, can show; none if it is no font."""
    content = path.read_bytes()
    try:
        return frozenset(chr(code) for start in _tables(content) for code in _codes(content, start))
    except (struct.error, ValueError):
        return frozenset()


def _tables(content: bytes) -> Iterator[int]:
    """Where the Unicode subtables of the `cmap` begin."""
    font = struct.unpack_from(">I", content, 12)[0] if content.startswith(_COLLECTION) else 0
    (count,) = struct.unpack_from(">H", content, font + 4)
    for entry in range(font + 12, font + 12 + 16 * count, 16):
        tag, _, cmap, _ = struct.unpack_from(">4sIII", content, entry)
        if tag == b"cmap":
            (subtables,) = struct.unpack_from(">H", content, cmap + 2)
            for subtable in range(cmap + 4, cmap + 4 + 8 * subtables, 8):
                platform, encoding, offset = struct.unpack_from(">HHI", content, subtable)
                if (platform, encoding) in _UNICODE:
                    yield cmap + offset


def _codes(content: bytes, start: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", content, start)
    if form == 12:
        (groups,) = struct.unpack_from(">I", content, start + 12)
        for first, last, _ in struct.iter_unpack(">III", content[start + 16 : start + 16 + 12 * groups]):
            yield from range(first, last + 1)
    elif form == 4:
        yield from _segments(content, start)


def _segments(content: bytes, start: int) -> Iterator[int]:
    """Format 4: ranges of two-byte codes, of which some lead to glyph 0, which is no glyph."""
    (twice,) = struct.unpack_from(">H", content, start + 6)
    lasts, firsts = start + 14, start + 16 + twice
    deltas, offsets = firsts + twice, firsts + 2 * twice
    for at in range(0, twice, 2):
        (last,), (first,), (delta,), (offset,) = (
            struct.unpack_from(">H", content, base + at) for base in (lasts, firsts, deltas, offsets)
        )
        for code in range(first, last + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", content, offsets + at + offset + 2 * (code - first))
            if (glyph + delta) % 0x10000 and (glyph or not offset):
                yield code
