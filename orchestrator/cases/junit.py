"""Results as JUnit's XML, which build servers read."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from orchestrator.cases.results import Result


def junit(results: Sequence[Result]) -> str:
    """Return a suite for each model, a case for each case."""
    root = ET.Element("testsuites", _counts(results))
    for model in dict.fromkeys(each.model for each in results):
        mine = [each for each in results if each.model == model]
        suite = ET.SubElement(root, "testsuite", {"name": model} | _counts(mine))
        for each in mine:
            names = {"classname": model, "name": each.name, "file": each.file, "time": f"{each.seconds:.3f}"}
            case = ET.SubElement(suite, "testcase", names)
            if each.problems:
                failure = ET.SubElement(case, "failure", {"message": _clean(each.problems[0])})
                failure.text = _clean("\n".join((*each.problems, *each.hints)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(results: Sequence[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(not each.passed for each in results)),
        "time": f"{sum(each.seconds for each in results):.3f}",
    }


def _clean(text: str) -> str:
    """Take out what XML cannot say."""
    return "".join(sign if sign in "\n\t" or sign.isprintable() else "�" for sign in text)
