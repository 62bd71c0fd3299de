"""Who calls: HTTP Basic, bearer token or session cookie; nothing is open but what ``OPEN`` names."""

import hashlib
import hmac
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Forbidden, Invalid, Unauthenticated
from orchestrator.services import accounts, sessions, tokens
from orchestrator.services.runtime import Runtime
from orchestrator.web.throttle import Caller, Throttle

COOKIE = "baton_session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

OPEN: frozenset[str] = frozenset(
    {"/health", "/ready", "/login", "/oauth/token", "/static/<path:filename>", "/favicon.ico"}
)
"""The rules that answer without authentication. Everything else asks who is there, unknown addresses too."""

_REMEMBERED_SECONDS = 5.0
_MOST_REMEMBERED = 1_000
_EXTENSION = "baton_gate"


@dataclass(frozen=True, slots=True)
class _Remembered:
    principal: Principal
    until: float


class Gate:
    """Checks credentials; those that were right are remembered for seconds, since a good password hash is slow."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.throttle = Throttle(rt.monotonic)
        self._pepper = rt.new_token().encode()
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._lock = Lock()

    def password(self, name: str, password: str, address: str) -> Principal:
        """Say whose name and password these are, or refuse; failures make the next attempt wait."""
        callers = _callers(name, address)
        return self._try(callers, (name, password), lambda: accounts.authenticate(self.rt, name, password))

    def token(self, text: str) -> Principal:
        """Say whom this API token stands for, or refuse; nobody can guess one, so that failures are not counted."""
        return self._try([], ("", text), lambda: tokens.authenticate(self.rt, text))

    def _try(self, callers: list[Caller], secret: tuple[str, str], ask: Callable[[], Principal]) -> Principal:
        mark = self._mark(*secret)
        if found := self._recall(mark):
            return found
        self.throttle.check(callers)
        try:
            principal = ask()
        except Unauthenticated:
            self.throttle.failed(callers)
            raise
        self.throttle.succeeded(callers[:1])
        self._remember(mark, principal)
        return principal

    def _mark(self, name: str, secret: str) -> bytes:
        """Name a pair of credentials without keeping it."""
        text = f"{len(name)}:{name}{secret}".encode(errors="surrogatepass")
        return hashlib.blake2b(text, key=self._pepper[:64]).digest()

    def _recall(self, mark: bytes) -> Principal | None:
        with self._lock:
            found = self._remembered.get(mark)
        return found.principal if found and found.until > self.rt.monotonic() else None

    def _remember(self, mark: bytes, principal: Principal) -> None:
        with self._lock:
            self._remembered[mark] = _Remembered(principal, self.rt.monotonic() + _REMEMBERED_SECONDS)
            self._remembered.move_to_end(mark)
            while len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.popitem(last=False)

    def forget(self) -> None:
        """Ask again for everybody: something about accounts or tokens has changed."""
        with self._lock:
            self._remembered.clear()


def _callers(name: str, address: str) -> list[Caller]:
    """Count by name and address together first; by each alone too, but later, so that few can lock others out."""
    return [
        Caller(f"{name} from {address}", 5),
        Caller(f"anybody from {address}", 100),
        Caller(f"{name} from anywhere", 50),
    ]


def guard(app: Flask, rt: Runtime) -> None:
    """Let no request of this application past without a principal."""
    app.extensions[_EXTENSION] = Gate(rt)
    app.before_request(_let_in)


def gate() -> Gate:
    """Return the gate of the current application."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, Gate)  # noqa: S101 - for the type checker; guard() put it there
    return found


def _let_in() -> None:
    g.principal = None
    g.session_id = None
    rule = request.url_rule.rule if request.url_rule else None
    if rule in OPEN:
        _read_session()
        if rule == "/login" and request.method not in SAFE_METHODS:
            _refuse_foreign_origin()
        return
    g.principal = _from_header() or _from_cookie()
    if g.principal is None:
        raise Unauthenticated("Say who you are: HTTP Basic, a bearer API token, or sign in at /login.")


def _from_header() -> Principal | None:
    """Read ``Authorization``; whoever sends one is judged by it, whatever the cookie says."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "basic":
        name, password = _basic(rest)
        return gate().password(name, password, request.remote_addr or "")
    if scheme.lower() == "bearer":
        return gate().token(rest.strip())
    raise Unauthenticated("Authorization must be Basic or Bearer.")


def _basic(text: str) -> tuple[str, str]:
    try:
        name, colon, password = b64decode(text.strip(), validate=True).decode().partition(":")
    except ValueError as reason:
        raise Unauthenticated("The Basic credentials cannot be read.") from reason
    if not colon or "\0" in name + password:
        raise Unauthenticated("The Basic credentials cannot be read.")
    return name, password


def _from_cookie() -> Principal | None:
    """Read the session; what changes something must carry the session's CSRF token too."""
    principal = _read_session()
    if principal and request.method not in SAFE_METHODS:
        _refuse_foreign_origin()
        _check_csrf()
    return principal


def _read_session() -> Principal | None:
    session_id = request.cookies.get(COOKIE)
    if not session_id or "\0" in session_id:
        return None
    found = sessions.read(gate().rt, session_id)
    if found:
        g.session_id = session_id
        g.principal = found
    return found


def _refuse_foreign_origin() -> None:
    """Browsers say where a request comes from; another site has no business here."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site == "cross-site" or (origin and origin != "null" and urlsplit(origin).netloc != request.host):
        raise Forbidden("This request comes from another site and was refused.")


def _check_csrf() -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        given = request.form.get(CSRF_FIELD)
    if not given or not hmac.compare_digest(given.encode(), csrf_token().encode()):
        raise Forbidden(f"The CSRF token is missing or wrong: reload the page, or send it as {CSRF_HEADER}.")


def csrf_token() -> str:
    """Return the token of this session; it is made from the session's id and says nothing about it."""
    session_id = g.get("session_id")
    if not session_id:
        return ""
    return hmac.new(str(session_id).encode(), b"baton csrf", hashlib.sha256).hexdigest()


def current_principal() -> Principal:
    """Return who calls."""
    found = g.get("principal")
    if not isinstance(found, Principal):
        raise Unauthenticated("Say who you are: HTTP Basic, a bearer API token, or sign in at /login.")
    return found


def sign_in(response: Response, name: str, password: str) -> Principal:
    """Check name and password, begin a session and put it into the response's cookie.

    An earlier session of this browser ends, so that nobody can plant one.
    """
    principal = gate().password(name, password, request.remote_addr or "")
    if old := request.cookies.get(COOKIE):
        sessions.end(gate().rt, old)
    session_id = sessions.create(gate().rt, principal)
    response.set_cookie(
        COOKIE, session_id, max_age=sessions.LIFETIME, httponly=True, samesite="Lax", secure=request.is_secure
    )
    g.principal, g.session_id = principal, session_id
    return principal


def sign_out(response: Response) -> None:
    """End the session and take the cookie away."""
    if session_id := g.get("session_id"):
        sessions.end(gate().rt, session_id)
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    g.principal = g.session_id = None


def safe_next(target: str | None) -> str:
    """Return a place on this server to go on to after signing in, and never one elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    if any(character < " " for character in target):
        raise Invalid("The address to go on to holds control characters.")
    return target
