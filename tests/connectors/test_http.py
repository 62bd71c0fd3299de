"""The guarded client reaches public addresses and nothing else, and stops at its caps."""

import gzip
import ipaddress
import socket
import threading
import time
from datetime import timedelta

import pytest
from flask import Flask, Response, redirect, request

from connectors.api import GiveUp, TryAgain
from connectors.http import GuardedClient, Policy, is_allowed, networks
from tests.connectors.far_side import LOOPBACK, Serving

OPEN = Policy()


@pytest.fixture
def server():
    app = Flask("far-side")

    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        return {"method": request.method, "headers": dict(request.headers), "body": request.get_data(as_text=True)}

    @app.get("/long")
    def long():
        return Response(b"x" * 100_000)

    @app.get("/packed")
    def packed():
        return Response(gzip.compress(b"x" * 10_000_000), headers={"content-encoding": "gzip"})

    @app.route("/moved", methods=["GET", "POST"])
    def moved():
        return redirect(request.args["to"], int(request.args.get("status", 302)))

    with Serving(app) as url:
        yield url


@pytest.fixture
def client():
    return GuardedClient(LOOPBACK, clock=time.monotonic)


@pytest.fixture
def canary():
    """A listener on loopback that must never be called."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    yield listener
    with pytest.raises(TimeoutError):
        listener.accept()
    listener.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.2.1",
        "198.18.0.1",
        "192.88.99.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "::ffff:100.64.0.1",
    ],
)
def test_no_private_address_is_allowed_however_it_is_wrapped(address):
    assert not is_allowed(ipaddress.ip_address(address), OPEN)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:8.8.8.8"])
def test_public_addresses_are_allowed(address):
    assert is_allowed(ipaddress.ip_address(address), OPEN)


def test_an_allowed_network_is_allowed_and_its_neighbours_are_not():
    policy = Policy(allowed_networks=networks(["10.1.0.0/16", "192.168.5.5"]))

    assert is_allowed(ipaddress.ip_address("10.1.9.9"), policy)
    assert is_allowed(ipaddress.ip_address("192.168.5.5"), policy)
    assert not is_allowed(ipaddress.ip_address("10.2.0.1"), policy)
    assert is_allowed(ipaddress.ip_address("::ffff:10.1.9.9"), policy)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_loopback_is_not_reached_in_any_spelling(canary, host):
    port = canary.getsockname()[1]

    with pytest.raises((GiveUp, TryAgain)):
        GuardedClient(OPEN, clock=time.monotonic).request("GET", f"http://{host}:{port}/")


def test_one_private_address_among_public_ones_refuses_the_host(canary):
    port = canary.getsockname()[1]
    found = [(0, 0, 0, "", ("93.184.216.34", port)), (0, 0, 0, "", ("127.0.0.1", port))]
    client = GuardedClient(OPEN, clock=time.monotonic, resolve=lambda *_, **__: found)

    with pytest.raises(GiveUp, match="not a public address"):
        client.request("GET", f"http://rebinding.example:{port}/")


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind(server):
    port = int(server.rpartition(":")[2])
    asked = []

    def resolve(host, port, **_):
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    client = GuardedClient(LOOPBACK, clock=time.monotonic, resolve=resolve)
    answer = client.request("GET", f"http://far.example:{port}/echo")

    assert answer.status == 200
    assert asked == ["far.example"]
    assert f"far.example:{port}" in answer.content.decode()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.com/", "only http"),
        ("file:///etc/passwd", "only http"),
        ("example.com", "only http"),
        ("http://user:pw@example.com/", "must not carry"),
        ("http://", "names no host"),
        ("http://exa mple.com/", "names no host"),
        ("http://example.com:22/", "port 22"),
        ("http://example.com:99999/", "not a port"),
        ("http://exa\nmple.com/", "not a request"),
    ],
)
def test_a_url_that_cannot_be_called_is_refused_in_words(url, words):
    with pytest.raises(GiveUp, match=words):
        GuardedClient(OPEN, clock=time.monotonic).request("GET", url)


def test_a_header_with_a_line_break_is_refused(client, server):
    with pytest.raises((GiveUp, TryAgain)):
        client.request("GET", f"{server}/echo", headers={"x": "a\r\nevil: b"})


def test_the_proxies_of_the_environment_are_not_used(client, server, canary, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{canary.getsockname()[1]}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{canary.getsockname()[1]}")

    assert client.request("GET", f"{server}/echo").status == 200


def test_an_answer_over_the_limit_is_cut_off(client, server):
    with pytest.raises(GiveUp, match="larger than 1,000 bytes"):
        client.request("GET", f"{server}/long", max_bytes=1_000)


def test_a_packed_answer_counts_unpacked(client, server):
    with pytest.raises(GiveUp, match="larger than"):
        client.request("GET", f"{server}/packed")


def test_a_packed_answer_within_the_limit_is_unpacked(server):
    client = GuardedClient(
        Policy(allowed_networks=LOOPBACK.allowed_networks, max_bytes=20_000_000), clock=time.monotonic
    )

    assert client.request("GET", f"{server}/packed").content == b"x" * 10_000_000


def test_a_redirect_is_an_answer_unless_it_is_to_be_followed(client, server):
    assert client.request("GET", f"{server}/moved?to=/echo").status == 302
    assert client.request("GET", f"{server}/moved?to=/echo", follow_redirects=True).status == 200


def test_a_redirect_to_a_blocked_host_is_not_followed(server, canary):
    app = Flask("second")
    app.add_url_rule("/", view_func=lambda: redirect(f"http://127.0.0.2:{canary.getsockname()[1]}/"))
    narrow = Policy(allowed_networks=networks(["127.0.0.1/32"]))
    with Serving(app) as url, pytest.raises(GiveUp, match=r"127\.0\.0\.2, which is not a public address"):
        GuardedClient(narrow, clock=time.monotonic).request("GET", url, follow_redirects=True)


def test_headers_do_not_follow_a_redirect_to_another_host(client, server):
    port = server.rpartition(":")[2]
    answer = client.request(
        "GET",
        f"{server}/moved?to=http://localhost:{port}/echo",
        headers={"authorization": "Bearer t", "x-api-key": "k", "accept": "application/json"},
        follow_redirects=True,
    )

    assert b"Bearer t" not in answer.content
    assert b"X-Api-Key" not in answer.content
    assert b"application/json" in answer.content


def test_a_redirected_post_becomes_a_get_without_a_body_or_stays_as_it_was(client, server):
    seen = client.request("POST", f"{server}/moved?to=/echo", content=b"words", follow_redirects=True).content
    kept = client.request(
        "POST", f"{server}/moved?to=/echo&status=307", content=b"words", follow_redirects=True
    ).content

    assert b'"method":"GET"' in seen.replace(b" ", b"")
    assert b"words" not in seen
    assert b'"method":"POST"' in kept.replace(b" ", b"")
    assert b"words" in kept


def test_redirects_without_end_are_given_up(client):
    app = Flask("circle")
    app.add_url_rule("/", view_func=lambda: redirect("/"))

    with Serving(app) as url, pytest.raises(GiveUp, match="more than 5 times"):
        client.request("GET", url, follow_redirects=True)


def test_nobody_at_the_other_end_is_worth_another_try(client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(TryAgain, match="cannot be reached"):
        client.request("GET", f"http://127.0.0.1:{port}/")


def test_a_far_side_that_drips_is_cut_off_at_the_total_time(client):
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(TryAgain, match="in time"):
        client.request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=timedelta(seconds=0.3))
    stop.set()
    thread.join()
    listener.close()

    assert time.monotonic() - started < 5
