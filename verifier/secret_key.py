"""The installation's secret: the setting SECRET_KEY, or a file that is made when it is first needed."""

import base64
import os
import secrets
import stat
import tempfile
from pathlib import Path

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.settings import Settings

_BYTES = 32
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ENDING = ".secret"
# Beside no database file: on PostgreSQL.
_ALONE = Path("verifier" + _ENDING)


class SecretKeyExposed(Invalid):
    message = mark("The secret key in {file} can be read by others; allow it to its owner alone (chmod 600).")


class SecretKeyDamaged(Invalid):
    message = mark("The secret key in {file} is damaged: bring the file back from a backup.")


class SecretKeyUnusable(Invalid):
    message = mark("The secret key in {file} can be neither read nor made: {why}.")


def secret_file(settings: Settings) -> Path:
    """Beside the SQLite file, under its name; on PostgreSQL in the folder the command is started from."""
    database = settings.database_file
    return _ALONE if database is None else database.with_suffix(_ENDING)


def secret_key(settings: Settings) -> bytes:
    """The secret from which the keys of bodies are derived; raises a refusal when it is not fit for use."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    file = secret_file(settings)
    try:
        if not file.exists():
            _make(file)
        return _read(file)
    except OSError as error:
        raise SecretKeyUnusable(file=file, why=error.strerror or str(error)) from None


def _make(file: Path) -> None:
    """Written whole under another name first; of two that start at once, the later finds it there."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(base64.urlsafe_b64encode(secrets.token_bytes(_BYTES)) + b"\n")
            written.flush()
            os.fsync(written.fileno())
        try:
            os.link(name, file)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        if os.fstat(opened.fileno()).st_mode & _FOR_OTHERS:
            raise SecretKeyExposed(file=file)
        text = opened.read()
    try:
        secret = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except ValueError:
        raise SecretKeyDamaged(file=file) from None
    if len(secret) != _BYTES:
        raise SecretKeyDamaged(file=file)
    return secret
