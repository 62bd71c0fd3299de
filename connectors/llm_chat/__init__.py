"""Ask a language model once and hand its answer, its tokens and its cost to the process."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator

from connectors.api import Context, Effect, GiveUp, TryAgain, connector
from connectors.llm_chat import demo, prices, structure
from connectors.llm_chat.options import Choice, Options, choices
from connectors.llm_chat.question import Cost, Question, Reply, Usage
from connectors.schema import Shown


class Input(BaseModel):
    """The question, and who is to answer it."""

    provider: Annotated[str, Shown(group="Model")] = Field(
        default="",
        description=(
            "openai, anthropic, demo (plain rules, no language model) or a configured name; "
            "empty: the installation's default."
        ),
    )
    model: Annotated[str, Shown(group="Model")] = Field(
        default="", description="Empty: the provider's configured model."
    )
    fallbacks: Annotated[list[str], Shown(group="Model", feel=True)] = Field(
        default_factory=list, description='Who is asked next when a provider fails: ["anthropic", "openai/gpt-5-mini"].'
    )
    system_prompt: Annotated[str, Shown(group="Question", lines=True)] = Field(
        default="", description="Who the model is and what rules it follows."
    )
    prompt: Annotated[str, Shown(group="Question", lines=True)] = Field(min_length=1, description="What is asked.")
    content: Annotated[Any, Shown(label="Content", group="Question", feel=True)] = Field(
        default=None, description="What the question is about; sent as data, marked off from the instructions."
    )
    response_schema: Annotated[
        dict[str, Any] | None, Shown(label="JSON Schema of the answer", group="Answer", feel=True)
    ] = Field(
        default=None, description="Then the answer is a value of this form, checked here before the process sees it."
    )
    temperature: Annotated[float | None, Shown(group="Answer")] = Field(default=None, ge=0, le=2)
    max_tokens: Annotated[int, Shown(label="Most tokens", group="Answer")] = Field(default=1024, ge=1, le=200_000)
    timeout_seconds: Annotated[float, Shown(label="Time limit in seconds", group="Answer")] = Field(
        default=120, gt=0, le=900
    )

    @field_validator("fallbacks", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any) -> Any:
        return [] if value is None or value == "" else value


class Failure(BaseModel):
    """A provider that was asked in vain before another one answered."""

    provider: str
    model: str
    problem: str


class Output(BaseModel):
    """The answer with its record."""

    text: str = Field(description="The answer as text.")
    value: Any = Field(default=None, description="The answer as a value, where a schema was given.")
    provider: str
    model: str
    finish_reason: str | None = None
    usage: Usage
    cost: Cost
    note: str | None = Field(default=None, description="Says so when no language model was used.")
    failures: list[Failure] = Field(default_factory=list)


@connector("llm-chat:1", title="Ask a language model", effect=Effect.NONE, timeout=timedelta(seconds=900))
def llm_chat(given: Input, context: Context) -> Output:
    """Ask a language model, get text or a checked value, and know what it cost.

    When a provider is busy or away the fallbacks are asked in order, and if none answers the job is tried again later.
    """
    if given.response_schema is not None:
        structure.check_schema(given.response_schema)
    options = Options.read(context.options)
    failures: list[Failure] = []
    problems: list[TryAgain | GiveUp] = []
    for choice in choices(options, given.provider, given.model, given.fallbacks):
        try:
            reply = _ask(choice, _question(given, choice, context), context)
        except (TryAgain, GiveUp) as problem:
            failures.append(Failure(provider=choice.name, model=choice.model, problem=str(problem)))
            problems.append(problem)
            continue
        return _output(reply, choice, options, failures)
    raise _the_most_hopeful(problems)


def _question(given: Input, choice: Choice, context: Context) -> Question:
    return Question(
        model=choice.model,
        system=given.system_prompt,
        prompt=given.prompt,
        content=given.content,
        schema=given.response_schema,
        temperature=given.temperature,
        max_tokens=given.max_tokens,
        seconds=min(given.timeout_seconds, max(context.seconds_left(), 0.1)),
    )


def _ask(choice: Choice, question: Question, context: Context) -> Reply:
    if choice.provider.kind == "demo":
        return demo.ask(question)
    from connectors.llm_chat import library  # a second of imports, paid by those who need it

    with context.endpoint(f"llm:{choice.name}"):
        return library.ask(choice.provider, question, context.secret)


def _output(reply: Reply, choice: Choice, options: Options, failures: list[Failure]) -> Output:
    return Output(
        text=reply.text,
        value=reply.value,
        provider=choice.name,
        model=reply.model,
        finish_reason=reply.finish_reason,
        usage=reply.usage,
        cost=prices.cost(reply, choice, options),
        note=reply.note,
        failures=failures,
    )


def _the_most_hopeful(problems: list[TryAgain | GiveUp]) -> TryAgain | GiveUp:
    """Return what is worth waiting for, with the shortest wait; where nothing is, the first refusal."""
    hopeful = [each for each in problems if isinstance(each, TryAgain)]
    if hopeful:
        return min(hopeful, key=lambda each: each.after or timedelta())
    return problems[0]
