"""Which providers the installation has, and which of them a question goes to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.api import GiveUp


class Provider(BaseModel):
    """Where a language model is reached."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["openai", "anthropic", "demo"] = "openai"  #: the wire format; openai fits most local servers
    base_url: str | None = None  #: None: the vendor's own
    secret: str | None = None  #: the name of the secret with the API key
    model: str = ""  #: asked where the process names none
    structured: Literal["tool", "native"] = "tool"  #: how a value of a schema is asked for


class Price(BaseModel):
    """For a million tokens; what is not given costs what input costs."""

    model_config = ConfigDict(extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cache_read: float | None = Field(default=None, ge=0)
    cache_write: float | None = Field(default=None, ge=0)


DEMO = "demo"
KNOWN = {
    "openai": Provider(kind="openai", secret="OPENAI_API_KEY"),  # noqa: S106 - the secret's name
    "anthropic": Provider(kind="anthropic", secret="ANTHROPIC_API_KEY"),  # noqa: S106 - the secret's name
    DEMO: Provider(kind="demo", model="demo-rules-1"),
}


class Options(BaseModel):
    """The settings ``connectors.llm-chat`` of an installation."""

    model_config = ConfigDict(extra="forbid")

    default: str = ""  #: the provider of questions that name none; empty: naming one is a must
    providers: dict[str, Provider] = Field(default_factory=dict)
    prices: dict[str, Price] = Field(default_factory=dict)  #: by the beginning of a model's name
    currency: str = "USD"

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Options":
        """Check what was configured; a mistake is an incident with the place in its text."""
        try:
            return cls.model_validate(dict(given))
        except ValidationError as problem:
            first = problem.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise GiveUp(f"the settings of llm-chat are wrong at {place}: {first['msg']}") from problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A provider under its name, with the model to ask there."""

    name: str
    provider: Provider
    model: str


def choices(options: Options, name: str, model: str, fallbacks: Sequence[str]) -> Iterator[Choice]:
    """Return who is asked, in order. Nobody is put in for a provider that is missing or not named."""
    first = name or options.default
    if not first:
        raise GiveUp(
            "no language model provider is named here and the installation has no default: "
            "name one, or set BATON_LLM_PROVIDER (openai, anthropic, demo or a configured one)"
        )
    wanted = [(first, model), *((each.partition("/")[0], each.partition("/")[2]) for each in fallbacks)]
    for provider_name, wanted_model in wanted:
        provider = options.providers.get(provider_name) or KNOWN.get(provider_name)
        if provider is None:
            known = ", ".join(sorted({*options.providers, *KNOWN}))
            raise GiveUp(f"there is no language model provider {provider_name!r}; there are: {known}")
        chosen = provider.model if provider.kind == "demo" else wanted_model or provider.model
        if not chosen:
            raise GiveUp(f"name a model for the provider {provider_name!r}: it has no default one")
        yield Choice(name=provider_name, provider=provider, model=chosen)
