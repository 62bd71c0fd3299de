"""Requests that may be repeated: the same Idempotency-Key and body get the first one's answer."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, request

from orchestrator.domain.access import Principal
from orchestrator.domain.message import digest
from orchestrator.services import answers
from orchestrator.services.answers import Kept, Receipt
from orchestrator.services.runtime import Runtime

KEY_HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


def serve(rt: Runtime, who: Principal, act: Callable[[Receipt], Any], write: Callable[[Any], Response]) -> Response:
    """Answer as before, or act and keep the answer with what was done, or wait for what was begun before."""
    found = answers.recall(rt, who, request.headers[KEY_HEADER], _content(), lambda result: _kept(write(result)))
    if isinstance(found, Kept):
        return Response(found.body, found.status, content_type=found.media_type, headers={REPLAYED: "true"})
    is_again = found.begun is not None
    response = write(act(found))
    answers.complete(rt, found, _kept(response))
    if is_again:
        response.headers[REPLAYED] = "true"
    return response


def _kept(response: Response) -> Kept:
    return Kept(response.status_code, response.content_type, response.get_data(as_text=True))


def _content() -> bytes:
    """Name what was asked: method, address and body, of a form its parts, whose borders differ each time."""
    parts = [request.method, request.path]
    if request.mimetype != "multipart/form-data":
        return digest(*parts, _named(request.get_data()))
    for name, value in sorted(request.form.items(multi=True)):
        parts += [name, value]
    for name, file in request.files.items(multi=True):
        parts += [name, file.filename or "", _named(file.read())]
        file.seek(0)
    return digest(*parts)


def _named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
