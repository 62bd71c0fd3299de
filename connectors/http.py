"""The guarded HTTP client: resolve once, check every address, connect to a checked one, within caps.

A process model may name any URL, so the client must not become a way into the network it stands in. It takes no
proxy from the environment, keeps no connection, and gives a redirect the same checks as a first call.
"""
# ruff: noqa: ARG002 - the signatures of network backends are given; the limits of ours are tighter

import ipaddress
import socket
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2

from connectors.api import Answer, GiveUp, TryAgain

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

EMBEDDED_LAST = tuple(  # the last four bytes are an IPv4 address
    ipaddress.IPv6Network(each) for each in ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "::/96")
)
SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
NEVER = tuple(  # beyond what the standard library calls private
    ipaddress.ip_network(each)
    for each in ("100.64.0.0/10", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/32", "fec0::/10")
)
LOWEST_FREE_PORT = 1024
PORTS = range(1, 65_536)
MOVED_TO_GET = frozenset({301, 302, 303})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT_ELSEWHERE = frozenset({"accept", "accept-language", "content-type", "user-agent", "host"})
CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the installation allows; the defaults are for the open internet."""

    allowed_networks: tuple[IPNetwork, ...] = ()  #: private networks that may be called all the same
    ports: frozenset[int] = frozenset({80, 443})  #: besides all from 1024 on
    timeout: timedelta = timedelta(seconds=30)  #: for the whole call, redirects included
    connect_timeout: timedelta = timedelta(seconds=5)
    max_bytes: int = 2_097_152  #: of an answer, unpacked
    redirects: int = 5


def networks(texts: Iterable[str]) -> tuple[IPNetwork, ...]:
    """Read networks in CIDR notation; a single address is a network of one."""
    return tuple(ipaddress.ip_network(each.strip()) for each in texts)


class Blocked(httpcore2.ConnectError):
    """The address is not one that a connector may talk to."""


def is_allowed(address: IPAddress, policy: Policy) -> bool:
    """Say whether an address may be connected to, looking through every way of wrapping IPv4 into IPv6."""
    if any(address in network for network in policy.allowed_networks):
        return True
    wrapped = embedded(address)
    if wrapped is not None:
        return is_allowed(wrapped, policy)
    if any(address in network for network in NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def embedded(address: IPAddress) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside a mapped, translated, NAT64 or 6to4 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in SIX_TO_FOUR:
        return ipaddress.IPv4Address(address.packed[2:6])
    if any(address in network for network in EMBEDDED_LAST):
        return ipaddress.IPv4Address(address.packed[12:16])
    return None


class _Stream(httpcore2.NetworkStream):
    """A connection whose every read and write ends with the whole call's time."""

    def __init__(self, inner: httpcore2.NetworkStream, left: Callable[[], float]) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Guard(httpcore2.NetworkBackend):
    """Connects to checked addresses only; one guard lives as long as one call."""

    def __init__(self, policy: Policy, left: Callable[[], float], resolve: Callable[..., Any]) -> None:
        self._policy = policy
        self._left = left
        self._resolve = resolve
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError(f"no address was found for {host}")
        for address in self._addresses(host, port):
            limit = min(self._policy.connect_timeout.total_seconds(), self._left())
            try:
                return _Stream(self._inner.connect_tcp(str(address), port, limit, local_address), self._left)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as problem:
                failure = problem
        raise failure

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise Blocked("local sockets are not for connectors")

    def _addresses(self, host: str, port: int) -> list[IPAddress]:
        """Resolve once; a single forbidden address among many refuses the host, or the next try would find it."""
        if port not in self._policy.ports and port < LOWEST_FREE_PORT:
            raise Blocked(f"port {port} is not for HTTP")
        try:
            found = self._resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            raise httpcore2.ConnectError(f"{host} cannot be resolved: {problem}") from problem
        addresses = [ipaddress.ip_address(each[4][0].partition("%")[0]) for each in found]
        for address in addresses:
            if not is_allowed(address, self._policy):
                raise Blocked(f"{host} is {address}, which is not a public address")
        return addresses


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


class GuardedClient:
    """Calls out within a policy. ``clock`` counts seconds; ``resolve`` is the system's name resolution."""

    def __init__(
        self, policy: Policy, *, clock: Callable[[], float], resolve: Callable[..., Any] = socket.getaddrinfo
    ) -> None:
        self.policy = policy
        self._clock = clock
        self._resolve = resolve

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: timedelta | None = None,
        max_bytes: int | None = None,
        follow_redirects: bool = False,
    ) -> Answer:
        """Call once and return whatever the far side said; what never became an answer is raised."""
        seconds = min(timeout or self.policy.timeout, self.policy.timeout).total_seconds()
        until = self._clock() + seconds
        limit = min(max_bytes or self.policy.max_bytes, self.policy.max_bytes)
        request = _request(method, url, params, headers, content)
        for _ in range(self.policy.redirects + 1):
            answer = self._call(request, lambda: max(until - self._clock(), 0.001), limit)
            if not follow_redirects or answer.status not in REDIRECTS or "location" not in answer.headers:
                return answer
            request = _redirected(request, answer)
        raise GiveUp(f"{url} redirects more than {self.policy.redirects} times")

    def _call(self, request: httpx2.Request, left: Callable[[], float], limit: int) -> Answer:
        guard = _Guard(self.policy, left, self._resolve)
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=guard, max_connections=1) as pool,
                pool.stream(
                    request.method, _target(request.url), headers=request.headers.raw, content=request.content or None
                ) as response,
            ):
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                body = _body(response.iter_stream(), found.get("content-encoding", ""), limit)
                return Answer(status=response.status, headers=found, content=body, url=str(request.url))
        except Blocked as problem:
            raise GiveUp(f"{origin} may not be called: {problem}") from None
        except httpcore2.TimeoutException as problem:
            raise TryAgain(f"{origin} did not answer in time") from problem
        except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as problem:
            raise TryAgain(f"{origin} cannot be reached: {problem}") from problem


def _request(
    method: str, url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None, content: bytes | None
) -> httpx2.Request:
    """Build a request, or say what is wrong with its parts."""
    try:
        target = httpx2.URL(url.strip())
        if params:
            target = target.copy_merge_params(dict(params))
        request = httpx2.Request(method, target, headers=dict(headers or {}), content=content)
    except (httpx2.InvalidURL, ValueError, TypeError, UnicodeError) as problem:
        raise GiveUp(f"this is not a request that can be sent: {problem}") from problem
    _check_url(request.url)
    request.headers.setdefault("accept-encoding", "identity")
    request.headers.setdefault("user-agent", "baton")
    return request


def _check_url(url: httpx2.URL) -> None:
    if url.scheme not in {"http", "https"}:
        raise GiveUp(f"only http and https can be called, not {url.scheme or 'a URL without scheme'}")
    if not url.host or "%" in url.host:
        raise GiveUp("the URL names no host")
    if url.port is not None and url.port not in PORTS:
        raise GiveUp(f"{url.port} is not a port")
    if url.userinfo:
        raise GiveUp("a URL must not carry a user or password; use the authentication fields")


def _target(url: httpx2.URL) -> httpcore2.URL:
    """Hand the parsed parts over, so that no second parser can read the address differently."""
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _redirected(request: httpx2.Request, answer: Answer) -> httpx2.Request:
    """Follow a redirect; to another origin go neither credentials nor anything else the caller put on."""
    try:
        target = request.url.join(answer.headers["location"])
    except (httpx2.InvalidURL, ValueError) as problem:
        raise GiveUp(f"the redirect leads nowhere: {problem}") from problem
    _check_url(target)
    if request.url.scheme == "https" and target.scheme == "http":
        raise GiveUp("the redirect leads from https to http")
    to_get = answer.status in MOVED_TO_GET and request.method not in {"GET", "HEAD"}
    same = (target.scheme, target.host, target.port) == (request.url.scheme, request.url.host, request.url.port)
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in {"host", "content-length", "transfer-encoding"} and (same or name in KEPT_ELSEWHERE)
    }
    if to_get:
        headers.pop("content-type", None)
    return _request(
        "GET" if to_get else request.method, str(target), None, headers, None if to_get else request.content
    )


def _body(chunks: Iterator[bytes], encoding: str, limit: int) -> bytes:
    """Collect an answer, unpacked, and stop at the limit before memory does."""
    unpack = _unpacker(encoding)
    body = bytearray()
    for chunk in chunks:
        body += unpack(chunk, limit + 1 - len(body))
        if len(body) > limit:
            raise GiveUp(f"the answer is larger than {limit:,} bytes")
    return bytes(body)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            return lambda chunk, _room: chunk
        case "gzip" | "x-gzip" | "deflate":
            inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

            def inflate(chunk: bytes, room: int) -> bytes:
                try:
                    return inflater.decompress(chunk, room)
                except zlib.error as problem:
                    raise TryAgain(f"the answer cannot be unpacked: {problem}") from problem

            return inflate
        case other:
            raise GiveUp(f"the answer is packed as {other!r}, which was not asked for")
