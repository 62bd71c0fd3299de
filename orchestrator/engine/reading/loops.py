"""Multi-instance and standard loops → values."""

from orchestrator.engine import model
from orchestrator.engine.expressions import Text
from orchestrator.engine.reading import names
from orchestrator.engine.reading.data import Data
from orchestrator.engine.reading.events import event_definition
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import Place
from orchestrator.engine.xml import Element

BEHAVIORS = frozenset({"none", "one", "all", "complex"})


def loop(file: File, data: Data, element: Element, place: Place) -> model.MultiInstance | model.StandardLoop | None:
    """Return how an activity is repeated."""
    several = names.child(element, "multiInstanceLoopCharacteristics")
    again = names.child(element, "standardLoopCharacteristics")
    if several is not None and again is not None:
        file.notes.error("loop-ambiguous", place, f"{place.label} is both a loop and multi-instance: keep one.")
    if several is not None:
        return _multi_instance(file, data, element, several, place)
    return None if again is None else _standard(file, again, place)


def _standard(file: File, again: Element, place: Place) -> model.StandardLoop:
    condition = names.child(again, "loopCondition")
    maximum = names.attribute(again, "loopMaximum")
    if maximum is not None and not (maximum.isdecimal() and int(maximum) > 0):
        message = f"The loop of {place.label} has the maximum «{maximum}»: write a whole number above 0."
        file.notes.error("loop-maximum", place, message)
        maximum = None
    return model.StandardLoop(
        test_before=names.flag(again, "testBefore", default=False),
        condition=None if condition is None else file.notes.condition(condition, place, "loop condition"),
        maximum=None if maximum is None else int(maximum),
    )


def _multi_instance(file: File, data: Data, element: Element, several: Element, place: Place) -> model.MultiInstance:
    zeebe = names.extension(several, "loopCharacteristics")
    cardinality = names.child(several, "loopCardinality")
    condition = names.child(several, "completionCondition")
    behavior = (names.attribute(several, "behavior") or "all").lower()
    if behavior not in BEHAVIORS:
        message = f"The multi-instance {place.label} has the behavior «{behavior}»: choose None, One, All or Complex."
        file.notes.error("loop-behavior", place, message)
        behavior = "all"
    own = _zeebe(file, zeebe, place) if zeebe is not None else _plain(file, data, element, several, place)
    collection, input_element, output_collection, output_element = own
    return model.MultiInstance(
        sequential=names.flag(several, "isSequential", default=False),
        collection=collection,
        cardinality=None if cardinality is None else file.notes.condition(cardinality, place, "loop cardinality"),
        input_element=input_element,
        output_collection=output_collection,
        output_element=output_element,
        completion_condition=None
        if condition is None
        else file.notes.condition(condition, place, "completion condition"),
        behavior=behavior,
        behavior_event=_behavior_event(file, several, element, place, behavior),
        complex_behavior=tuple(_complex(file, several, element, place)) if behavior == "complex" else (),
    )


def _zeebe(file: File, zeebe: Element, place: Place) -> tuple[Text | None, str | None, str | None, Text | None]:
    collection = names.attribute(zeebe, "inputCollection")
    result = names.attribute(zeebe, "outputElement")
    return (
        None if collection is None else file.notes.expression(collection, place, "input collection"),
        names.attribute(zeebe, "inputElement"),
        names.attribute(zeebe, "outputCollection"),
        None if result is None else file.notes.expression(result, place, "output element"),
    )


def _plain(
    file: File, data: Data, element: Element, several: Element, place: Place
) -> tuple[Text | None, str | None, str | None, Text | None]:
    """BPMN without extensions: collections are data, items are named by their data."""
    incoming, outgoing = names.child_text(several, "loopDataInputRef"), names.child_text(several, "loopDataOutputRef")
    collection = None
    if incoming is not None:
        collection = data.source_of(element, incoming) or data.variable(incoming) or incoming
    results = None
    if outgoing is not None:
        results = data.target_of(element, outgoing) or data.variable(outgoing) or outgoing
    taken, given = _item(data, several, "inputDataItem"), _item(data, several, "outputDataItem")
    return (
        None if collection is None else file.notes.expression(collection, place, "input collection"),
        taken,
        results,
        None if given is None else file.notes.expression(given, place, "output element"),
    )


def _item(data: Data, several: Element, name: str) -> str | None:
    item = names.child(several, name)
    if item is None:
        return None
    return data.variable(names.attribute(item, "id")) or names.attribute(item, "name")


def _behavior_event(
    file: File, several: Element, element: Element, place: Place, behavior: str
) -> model.EventDefinition | None:
    reference = names.attribute(several, f"{behavior}BehaviorEventRef")
    if reference is None:
        return None
    definition = file.find(reference)
    if definition is None or not names.local(definition).endswith("EventDefinition"):
        message = f"{place.label} refers to the event definition «{reference}», which does not exist in this file."
        file.notes.error("dangling-reference", place, message)
        return None
    return event_definition(file, definition, element, place, thrown=True)


def _complex(file: File, several: Element, element: Element, place: Place) -> list[tuple[Text, model.EventDefinition]]:
    found = []
    for definition in names.children(several, "complexBehaviorDefinition"):
        condition, thrown = names.child(definition, "condition"), names.child(definition, "event")
        compiled = None if condition is None else file.notes.condition(condition, place, "behavior's condition")
        for inner in thrown if thrown is not None else ():
            if compiled is not None and names.is_bpmn(inner) and names.local(inner).endswith("EventDefinition"):
                event = event_definition(file, inner, element, place, thrown=True)
                if event is not None:
                    found.append((compiled, event))
    return found
