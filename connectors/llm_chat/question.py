"""One question and one reply, whoever is asked."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What goes to a provider."""

    model: str
    system: str
    prompt: str
    content: Any
    schema: dict[str, Any] | None
    temperature: float | None
    max_tokens: int
    seconds: float


class Usage(BaseModel):
    """Tokens, as the provider counted them; ``requests`` is 2 where an answer had to be mended."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    requests: int = 1


class Cost(BaseModel):
    """Money; ``amount`` is null where no price is known."""

    amount: float | None
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    text: str
    model: str
    usage: Usage
    value: Any = None
    finish_reason: str | None = None
    note: str | None = None
