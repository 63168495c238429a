"""One frozen Settings, read once from the environment or a `.env` file."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from verifier.i18n import mark

# As many characters as 128 bits have in hexadecimal figures.
_LEAST_SECRET = 32


class Settings(BaseSettings):
    """What an office may set, as `VERIFIER_<NAME>`; see docs/running.md."""

    model_config = SettingsConfigDict(
        env_prefix="VERIFIER_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    database_url: str = "sqlite:///verifier.db"
    time_zone: str = "Asia/Shanghai"
    office_name: str = "计量检定机构"
    base_url: str = "http://127.0.0.1:8000"
    valid_until_minus_one_day: bool = True
    rounding: Literal["half_up", "half_even", "down"] = "half_up"
    upload_limit_mb: Annotated[int, Gt(0)] = 20
    # None: a file that is made when it is first needed; see verifier/secret_key.py.
    secret_key: SecretStr | None = None
    # None: the Chinese font that comes along.
    font_path: Path | None = None
    certificate_signatures: Annotated[int, Ge(1), Le(3)] = 3
    # A verification inside the due window counts from where the one before ended.
    keep_cycle: bool = False
    # How far roads are longer than the straight line, and how fast one gets along.
    road_factor: Annotated[float, Ge(1), Le(5)] = 1.3
    travel_speed_kmh: Annotated[float, Gt(0), Le(150)] = 40.0
    # An OSRM-compatible table service (https://host/table/v1/driving); None: straight lines.
    routing_url: str | None = None
    # Working days within which a request for a visit is answered.
    answer_days: Annotated[int, Ge(1), Le(60)] = 20
    # Working days before a visit up to which its holder may ask for another time.
    move_notice_days: Annotated[int, Ge(0), Le(30)] = 2
    # smtp://user:password@host:port (STARTTLS where offered) or smtps://; None: no e-mail.
    smtp_url: SecretStr | None = None
    mail_from: str = "verifier@localhost"
    webhook_url: str | None = None
    # Signs what goes to the webhook; None: derived from the secret key.
    webhook_secret: SecretStr | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"there is no time zone {name!r}; an example is Asia/Shanghai")
        ZoneInfo(name)
        return name

    @field_validator("base_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url

    @field_validator("routing_url", "webhook_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        return None if url is None else cls._address(url)

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("it must begin with smtp:// or smtps://")
        return url

    @field_validator("secret_key")
    @classmethod
    def _hard_to_guess(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < _LEAST_SECRET:
            raise ValueError(f"it has to be at least {_LEAST_SECRET} characters, made at random")
        return secret

    @field_validator("font_path")
    @classmethod
    def _there(cls, path: Path | None) -> Path | None:
        if path is not None and not path.exists():
            raise ValueError(f"there is no file or folder {path}")
        return path

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, url: str) -> str:
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("it must begin with sqlite:/// or postgresql://")
        return url

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        path = self.database_url.removeprefix("sqlite:///")
        return None if path == self.database_url else Path(path)


class SettingsWrong(SystemExit):
    """Stops the start with one sentence that names the setting."""

    message = mark("The setting {name} is wrong: {why}.")


def read_settings() -> Settings:
    """Read the settings; raise SettingsWrong naming the first wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "VERIFIER_" + str(first["loc"][0]).upper()
        why = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsWrong(SettingsWrong.message.format(name=name, why=why)) from None
