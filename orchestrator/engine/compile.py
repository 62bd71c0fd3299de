"""An already checked file → the ``Definition`` that instances share."""

from orchestrator.domain.errors import InvalidModel
from orchestrator.domain.keys import Key
from orchestrator.domain.limits import Limits
from orchestrator.engine.checking import check
from orchestrator.engine.definition import Definition


def compile_process(
    source: bytes,
    process_id: str,
    *,
    key: Key,
    version: int,
    digest: str,
    deployment_key: Key | None = None,
    limits: Limits | None = None,
) -> Definition:
    """Compile one process of a file; ``InvalidModel`` where it has errors or no such process."""
    checked = check(source, limits=limits)
    if checked.errors:
        message = f"The file of «{process_id}» has {len(checked.errors)} errors, first: {checked.errors[0].message}"
        raise InvalidModel(message, checked.errors)
    for process in checked.processes:
        if process.id == process_id:
            break
    else:
        message = f"The file has no process «{process_id}»."
        raise InvalidModel(message)
    specification = None
    if process.executable:
        from orchestrator.engine.specs import build  # the half that knows SpiffWorkflow: heavy, and above this module

        specification = build(process)
    return Definition(
        key=key,
        version=version,
        digest=digest,
        process=process,
        deployment_key=deployment_key,
        specification=specification,
    )
