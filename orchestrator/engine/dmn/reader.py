"""Reads DMN 1.1 to 1.5: the versions differ in their namespaces and in little else that decides anything."""

from collections.abc import Iterator
from typing import Any

from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.dmn.model import (
    Boxed,
    BoxedFilter,
    BoxedIterator,
    BoxedList,
    Conditional,
    Context,
    Decision,
    Definitions,
    Entry,
    FunctionDefinition,
    Import,
    InputClause,
    InputData,
    Invocation,
    ItemDefinition,
    Knowledge,
    Literal,
    OutputClause,
    Parameter,
    Relation,
    Rule,
    Service,
    Table,
    Unsupported,
)

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20130901",
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    }
)
_EXPRESSIONS = frozenset(
    [
        "literalExpression",
        "context",
        "invocation",
        "functionDefinition",
        "relation",
        "list",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
        "decisionTable",
    ]
)
_CAMUNDA_7 = "{http://camunda.org/schema/1.0/dmn}"
_Element = Any  #: lxml has no types


def read(source: bytes, limits: Limits) -> Definitions:
    """Return what a file says; raises ``xml.Unreadable`` where it is no DMN."""
    root = _root(source, limits)
    return Definitions(
        definitions_id=root.get("id", ""),
        name=root.get("name", ""),
        namespace=root.get("namespace", ""),
        imports=tuple(_import(element) for element in _children(root, "import")),
        items=tuple(_item(element) for element in _children(root, "itemDefinition")),
        inputs=tuple(_input_data(element) for element in _children(root, "inputData")),
        decisions=tuple(_decision(element) for element in _children(root, "decision")),
        knowledge=tuple(_knowledge(element) for element in _children(root, "businessKnowledgeModel")),
        services=tuple(_service(element) for element in _children(root, "decisionService")),
        prefixes=tuple((prefix, uri) for prefix, uri in root.nsmap.items() if prefix),
        exporter=root.get("exporter", ""),
    )


def read_head(source: bytes, limits: Limits) -> tuple[str, tuple[Import, ...]]:
    """Return only the namespace and the imports of a file; raises ``xml.Unreadable`` where it is no DMN."""
    root = _root(source, limits)
    return root.get("namespace", ""), tuple(_import(element) for element in _children(root, "import"))


def _root(source: bytes, limits: Limits) -> _Element:
    root = xml.read(source, limits)
    namespace, tag = _split(root)
    if tag != "definitions" or namespace not in NAMESPACES:
        message = f"The root element is '{tag}' of '{namespace}', not 'definitions' of DMN 1.1 to 1.5."
        raise xml.Unreadable("not-dmn", message, root.sourceline)
    return root


def _split(element: _Element) -> tuple[str, str]:
    tag = element.tag
    if tag.startswith("{"):
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


def _local(element: _Element) -> str:
    return _split(element)[1]


def _children(element: _Element, *names: str) -> Iterator[_Element]:
    """Yield the children of DMN's own namespace with one of these names."""
    own = _split(element)[0]
    for child in element:
        namespace, name = _split(child)
        if namespace == own and name in names:
            yield child


def _child(element: _Element, *names: str) -> _Element | None:
    return next(_children(element, *names), None)


def _text_of(element: _Element | None) -> str | None:
    """Return the content of a ``text`` child."""
    if element is None:
        return None
    text = _child(element, "text")
    return None if text is None else "".join(text.itertext()).strip()


def _type_ref(element: _Element | None) -> str | None:
    """Return a type: an attribute since DMN 1.1, an element in item definitions."""
    if element is None:
        return None
    child = _child(element, "typeRef")
    found = child.text if child is not None else element.get("typeRef")
    return found.strip() or None if found else None


def _named(element: _Element) -> tuple[str, str, str, str | None, int | None]:
    """Return what all elements of the graph have: id, name, variable, type and line."""
    name = _clean(element.get("name"))
    variable = _child(element, "variable")
    element_id = element.get("id") or name
    if variable is None:
        return element_id, name, name, _type_ref(element), element.sourceline
    known = _clean(variable.get("name")) or name
    return element_id, name, known, _type_ref(variable), element.sourceline


def _clean(name: str | None) -> str:
    return " ".join((name or "").split())


def _references(element: _Element, *names: str) -> tuple[str, ...]:
    return tuple(child.get("href", "") for child in _children(element, *names))


def _requirements(element: _Element) -> tuple[str, ...]:
    requirements = _children(element, "informationRequirement", "knowledgeRequirement")
    kinds = ("requiredDecision", "requiredInput", "requiredKnowledge")
    return tuple(reference for requirement in requirements for reference in _references(requirement, *kinds))


def _import(element: _Element) -> Import:
    return Import(element.get("namespace", ""), _clean(element.get("name")), element.sourceline)


def _item(element: _Element) -> ItemDefinition:
    function = _child(element, "functionItem")
    return ItemDefinition(
        name=_clean(element.get("name")),
        type_ref=_type_ref(element),
        is_collection=element.get("isCollection", "false") in ("true", "1"),
        allowed=_text_of(_child(element, "allowedValues")),
        constraint=_text_of(_child(element, "typeConstraint")),
        components=tuple(_item(child) for child in _children(element, "itemComponent")),
        function=None if function is None else _function_item(function),
        line=element.sourceline,
    )


def _function_item(element: _Element) -> tuple[tuple[Parameter, ...], str | None]:
    parameters = tuple(_parameter(child) for child in _children(element, "parameters"))
    return parameters, element.get("outputTypeRef")


def _parameter(element: _Element) -> Parameter:
    return Parameter(_clean(element.get("name")), _type_ref(element))


def _input_data(element: _Element) -> InputData:
    return InputData(*_named(element))


def _decision(element: _Element) -> Decision:
    return Decision(
        *_named(element),
        logic=_expression_in(element),
        requires=_requirements(element),
        version_tag=_version_tag(element),
    )


def _version_tag(element: _Element) -> str | None:
    """Return the tag that Camunda 8 writes as an element of its own, and Camunda 7 as an attribute."""
    found = element.find("{*}extensionElements/{*}versionTag")
    tag = found.get("value") if found is not None else element.get(_CAMUNDA_7 + "versionTag")
    return (tag or "").strip() or None


def _knowledge(element: _Element) -> Knowledge:
    logic = _child(element, "encapsulatedLogic")
    return Knowledge(
        *_named(element), logic=None if logic is None else _function(logic), requires=_requirements(element)
    )


def _service(element: _Element) -> Service:
    return Service(
        *_named(element),
        outputs=_references(element, "outputDecision"),
        encapsulated=_references(element, "encapsulatedDecision"),
        input_decisions=_references(element, "inputDecision"),
        input_data=_references(element, "inputData"),
    )


def _expression_in(element: _Element | None) -> Boxed | None:
    """Return the one expression that an element holds."""
    if element is None:
        return None
    found = _child(element, *_EXPRESSIONS)
    return None if found is None else expression(found)


def expression(element: _Element) -> Boxed:
    """Read a boxed expression."""
    element_id, type_ref = element.get("id"), _type_ref(element)
    match _local(element):
        case "literalExpression":
            return _literal(element)
        case "decisionTable":
            return _table(element)
        case "context":
            return Context(element_id, tuple(_entry(child) for child in _children(element, "contextEntry")), type_ref)
        case "invocation":
            return _invocation(element)
        case "functionDefinition":
            return _function(element)
        case "relation":
            return _relation(element)
        case "list":
            return BoxedList(
                element_id, tuple(expression(child) for child in _children(element, *_EXPRESSIONS)), type_ref
            )
        case "conditional":
            condition, then, otherwise = (_expression_in(_child(element, name)) for name in ("if", "then", "else"))
            return Conditional(element_id, condition, then, otherwise, type_ref)
        case "filter":
            source, match = (_expression_in(_child(element, name)) for name in ("in", "match"))
            return BoxedFilter(element_id, source, match, type_ref)
        case "for" | "some" | "every" as kind:
            source = _expression_in(_child(element, "in"))
            body = _expression_in(_child(element, "return", "satisfies"))
            return BoxedIterator(element_id, kind, _clean(element.get("iteratorVariable")), source, body, type_ref)
        case tag:
            return Unsupported(element_id, tag, type_ref)


def _literal(element: _Element | None) -> Literal:
    if element is None:
        return Literal(None, "")
    text = _text_of(element) or ""
    return Literal(element.get("id"), text, _type_ref(element), element.get("expressionLanguage"))


def _entry(element: _Element) -> Entry:
    variable = _child(element, "variable")
    name = None if variable is None else _clean(variable.get("name"))
    return Entry(name, _expression_in(element), _type_ref(variable))


def _invocation(element: _Element) -> Invocation:
    bindings: list[Entry] = []
    for binding in _children(element, "binding"):
        parameter = _child(binding, "parameter")
        name = "" if parameter is None else _clean(parameter.get("name"))
        bindings.append(Entry(name, _expression_in(binding), _type_ref(parameter)))
    return Invocation(element.get("id"), _expression_in(element), tuple(bindings), _type_ref(element))


def _function(element: _Element) -> FunctionDefinition:
    parameters = tuple(_parameter(child) for child in _children(element, "formalParameter"))
    kind = element.get("kind", "FEEL")
    return FunctionDefinition(element.get("id"), kind, parameters, _expression_in(element), _type_ref(element))


def _relation(element: _Element) -> Relation:
    columns = tuple(_parameter(child) for child in _children(element, "column"))
    rows = tuple(tuple(expression(cell) for cell in _children(row, *_EXPRESSIONS)) for row in _children(element, "row"))
    return Relation(element.get("id"), columns, rows, _type_ref(element))


def _table(element: _Element) -> Table:
    return Table(
        element_id=element.get("id"),
        hit_policy=element.get("hitPolicy", "UNIQUE").strip().upper().replace(" ", "_"),
        aggregation=element.get("aggregation"),
        inputs=tuple(_input_clause(child) for child in _children(element, "input")),
        outputs=tuple(_output_clause(child) for child in _children(element, "output")),
        rules=tuple(_rule(child) for child in _children(element, "rule")),
        type_ref=_type_ref(element),
    )


def _input_clause(element: _Element) -> InputClause:
    asked = _literal(_child(element, "inputExpression"))
    allowed = _text_of(_child(element, "inputValues"))
    return InputClause(element.get("id"), element.get("label") or asked.text, asked, allowed)


def _output_clause(element: _Element) -> OutputClause:
    default = _child(element, "defaultOutputEntry")
    name = _clean(element.get("name")) or None
    return OutputClause(
        element_id=element.get("id"),
        name=name,
        label=element.get("label") or name or "",
        type_ref=_type_ref(element),
        allowed=_text_of(_child(element, "outputValues")),
        default=None if default is None else _default(default),
    )


def _default(element: _Element) -> Literal:
    """Return a default output: a literal expression, in some files inside of the element and in others the element."""
    inner = _child(element, "literalExpression")
    return _literal(element if inner is None else inner)


def _rule(element: _Element) -> Rule:
    return Rule(
        element.get("id"),
        tuple(_literal(child) for child in _children(element, "inputEntry")),
        tuple(_literal(child) for child in _children(element, "outputEntry")),
        element.sourceline,
    )
