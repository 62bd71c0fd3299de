"""Little DMN files for the tests of this folder."""

from html import escape

from orchestrator.engine import dmn

LATEST = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def file(content: str, *, namespace: str = "urn:test", version: str = LATEST, attributes: str = "") -> bytes:
    """Return a file around elements."""
    head = f'<definitions xmlns="{version}" id="d" name="test" namespace="{namespace}" {attributes}>'
    return f"{head}{content}</definitions>".encode()


def load(content: str, imports: dict[str, dmn.DmnModel] | None = None, **options: str) -> dmn.DmnModel:
    """Return a model around elements."""
    return dmn.load_model(file(content, **options), imports)


def literal(text: str) -> str:
    """Return a literal expression."""
    return f"<literalExpression><text>{escape(text, quote=False)}</text></literalExpression>"


def decision(name: str, logic: str, *, requires: str = "", kind: str = "") -> str:
    """Return a decision; ``requires`` holds the ids of inputs, decisions (``d:``) and functions (``k:``)."""
    type_ref = f' typeRef="{kind}"' if kind else ""
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"{type_ref}/>'
        + "".join(requirement(each) for each in requires.split())
        + f"{logic}</decision>"
    )


def requirement(text: str) -> str:
    """Return a requirement."""
    if text.startswith("k:"):
        return f'<knowledgeRequirement><requiredKnowledge href="#{text[2:]}"/></knowledgeRequirement>'
    if text.startswith("d:"):
        return f'<informationRequirement><requiredDecision href="#{text[2:]}"/></informationRequirement>'
    return f'<informationRequirement><requiredInput href="#{text}"/></informationRequirement>'


def input_data(name: str, kind: str = "") -> str:
    """Return an input."""
    type_ref = f' typeRef="{kind}"' if kind else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{type_ref}/></inputData>'


def table(rules: list[str], *, policy: str = "UNIQUE", inputs: str = "a", outputs: str = "out", more: str = "") -> str:
    """Return a decision table; a rule is ``condition | condition -> output | output``."""
    asked = "<inputExpression><text>{0}</text></inputExpression>"
    clauses = "".join(f'<input id="in_{name}">{asked.format(name)}</input>' for name in inputs.split())
    results = "".join(f'<output id="out_{name}" name="{name}">{more}</output>' for name in outputs.split())
    head = f'<decisionTable id="t" hitPolicy="{policy.partition("+")[0]}"{_aggregation(policy)}>'
    return f"{head}{clauses}{results}{''.join(map(_rule, enumerate(rules, 1)))}</decisionTable>"


def _aggregation(policy: str) -> str:
    return f' aggregation="{policy.split("+")[1]}"' if "+" in policy else ""


def _rule(numbered: tuple[int, str]) -> str:
    number, text = numbered
    conditions, _, outputs = text.partition("->")
    cells = "".join(
        f"<inputEntry><text>{escape(cell.strip(), quote=False)}</text></inputEntry>" for cell in conditions.split("|")
    )
    results = "".join(
        f"<outputEntry><text>{escape(cell.strip(), quote=False)}</text></outputEntry>" for cell in outputs.split("|")
    )
    return f'<rule id="rule_{number}">{cells}{results}</rule>'
