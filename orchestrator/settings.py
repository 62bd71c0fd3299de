"""Settings: environment variables ``BATON_…`` over a TOML file over defaults, in one frozen object."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from orchestrator.domain.limits import Limits

PREFIX = "BATON_"
FILE_VARIABLE = "BATON_CONFIG"
USUAL_FILE = Path("baton.toml")
SHORTEST_SECRET = 32


class WrongSettings(Exception):
    """The settings cannot be used; the text says which and why."""


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(default=Path("var"), description="Where the embedded database and what belongs to it lies.")
    database_url: str = Field(
        default="",
        description=(
            "`postgresql+psycopg://user@host/name` or `mysql+pymysql://user@host/name`; "
            "empty: an SQLite file in `data_dir`."
        ),
    )
    production: bool = Field(
        default=False, description="Refuse what is only fit for trying out: debug mode, a made-up `secret`."
    )
    debug: bool = Field(default=False, description="Show tracebacks of failed requests; never in production.")
    secret: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "Signs cookies; at least 32 characters, the same in all processes. "
            "Empty: one is made and kept in `data_dir`, unless `production`."
        ),
    )
    admin_password: SecretStr = Field(
        default=SecretStr(""), description="Password of the first account, `admin`. Empty: one is made up and printed."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65_535, description="Port to listen on.")
    web_threads: int = Field(
        default=48,
        ge=4,
        le=2_000,
        description="Requests at once; each open live page and each waiting worker holds one.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="How many reverse proxies stand in front and may speak for the caller."
    )
    samples: bool | None = Field(
        default=None,
        description="Deploy the sample processes on the first start. Unset: with the embedded database only.",
    )
    worker_enabled: bool = Field(default=True, description="Whether `baton serve` does jobs itself.")
    worker_name: str = Field(default="", description="Name in job lists; empty: host and process number.")
    worker_threads: int = Field(default=4, ge=1, le=500, description="Jobs at once in one process.")
    worker_lease_seconds: float = Field(
        default=30,
        ge=3,
        le=3_600,
        description="How soon a job of a dead worker is given to another; living ones prolong it.",
    )
    worker_poll_seconds: float = Field(
        default=1, ge=0.05, le=60, description="How often an idle worker looks when nothing woke it."
    )
    drain_seconds: float = Field(
        default=30, ge=0, le=600, description="How long running jobs may take to end when the process is told to stop."
    )
    tick_seconds: float = Field(default=0.5, ge=0.05, le=60, description="How often due timers are looked for.")
    breaker_failures: int = Field(
        default=5, ge=1, description="Failures in a row after which an endpoint is left alone for a while."
    )
    breaker_pause_seconds: float = Field(
        default=15, gt=0, description="How long, the first time; each further time twice as long, at most 5 minutes."
    )
    http_allowed_networks: list[str] = Field(
        default_factory=list,
        description='Private networks that connectors may call, as a JSON list: `["10.1.0.0/16"]`.',
    )
    http_ports: list[int] = Field(
        default_factory=lambda: [80, 443],
        description="Ports below 1024 that connectors may call; all above are allowed.",
    )
    http_timeout_seconds: float = Field(default=60, gt=0, le=600, description="The longest call a connector may make.")
    http_max_bytes: int = Field(default=2_097_152, ge=1_024, description="The largest answer a connector takes.")
    secrets_file: Path | None = Field(
        default=None, description="TOML file with connectors' secrets, beside `BATON_SECRET_<NAME>` variables."
    )
    llm_provider: str = Field(
        default="",
        description=(
            "Language model provider of questions that name none: `openai`, `anthropic`, `demo` or one from "
            "`connectors`. `demo` is plain rules, not a language model. Empty: `demo` with the embedded database, "
            "which says so at the start; otherwise each question must name one."
        ),
    )
    connectors: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Options by connector name; see the reference of the connectors."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much is logged.")
    log_format: Literal["auto", "text", "json"] = Field(
        default="auto", description="`auto`: text on a terminal, JSON everywhere else."
    )
    limits: Limits = Field(
        default_factory=Limits, description="Technical caps, each `BATON_LIMITS__<NAME>`; their list stands below."
    )

    @model_validator(mode="after")
    def _fit_for_production(self) -> "Settings":
        secret = self.secret.get_secret_value()
        if secret and len(secret) < SHORTEST_SECRET:
            raise ValueError(f"secret must have at least {SHORTEST_SECRET} characters")
        if self.production and self.debug:
            raise ValueError("debug must be off in production")
        if self.production and not secret:
            raise ValueError("secret must be set in production, the same in all processes")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the database is the file in ``data_dir``."""
        return not self.database_url

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'baton.db').absolute()}"

    @property
    def provider(self) -> str:
        """The language model provider of questions that name none."""
        return self.llm_provider or ("demo" if self.embedded else "")

    @property
    def deploys_samples(self) -> bool:
        """Whether the sample processes are deployed on the first start."""
        return self.embedded if self.samples is None else self.samples

    @property
    def lease(self) -> timedelta:
        """The lease of a job."""
        return timedelta(seconds=self.worker_lease_seconds)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - there is one file, and it is TOML
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, which wins over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=settings_file())


def settings_file() -> Path | None:
    """Return the settings file, named by ``BATON_CONFIG`` or ``baton.toml`` here, if there is one."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return USUAL_FILE if USUAL_FILE.is_file() else None


def read(**given: Any) -> Settings:
    """Read the settings; arguments that are None leave the other sources their say."""
    file = settings_file()
    if file is not None and not file.is_file():
        raise WrongSettings(f"{FILE_VARIABLE} names {file}, which is not a file")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as problem:
        raise WrongSettings("\n".join(_sentences(problem))) from problem
    except ValueError as problem:  # a file that is no TOML, a list that is no JSON
        raise WrongSettings(f"the settings cannot be read: {problem}") from problem


def _sentences(problem: ValidationError) -> Iterator[str]:
    for error in problem.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(each) for each in error["loc"])
        message = error["msg"].removeprefix("Value error, ")
        yield f"{place} ({PREFIX}{place.upper().replace('.', '__')}): {message}" if place else message


def reference() -> str:
    """Return the list of all settings, for the reference."""
    lines = [
        "| setting | default | meaning |",
        "|---|---|---|",
        *(f"| `{PREFIX}{name.upper()}` | {_shown(field)} | {field.description} |" for name, field in _fields()),
        f"| `{FILE_VARIABLE}` | `baton.toml` | The settings file; environment variables win over it. |",
        f"| `{PREFIX}SECRET_<NAME>` |  | A secret for connectors: `{{{{secrets.<NAME>}}}}` in a process model. |",
    ]
    limits = [f"| `{name}` | {value:,} |" for name, value in _limits()]
    return "\n".join([*lines, "", "## Limits", "", "| limit | default |", "|---|---|", *limits, ""])


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    yield from Settings.model_fields.items()


def _limits() -> Iterator[tuple[str, int]]:
    defaults = Limits()
    for name in Limits.__dataclass_fields__:
        yield name, getattr(defaults, name)


def _shown(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is PydanticUndefined or value is None or value in ("", [], {}) or isinstance(value, Limits):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
