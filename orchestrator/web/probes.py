"""Is it alive, is it ready, and how is it doing: for load balancers, probes and Prometheus."""

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Histogram, generate_latest

from orchestrator.domain.access import Permission, require
from orchestrator.services import queries, status
from orchestrator.services.runtime import Runtime
from orchestrator.telemetry.metrics import counted
from orchestrator.web.auth import current_principal
from orchestrator.web.endpoints import RUNTIME, json_response

probes = Blueprint("probes", __name__)

REQUESTS = Histogram(
    "baton_http_request_seconds",
    "Time to answer a request, by route and status",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


@probes.get("/health")
def health() -> Response:
    """Say that the process answers."""
    return json_response({"status": "UP"})


@probes.get("/ready")
def ready() -> Response:
    """Say whether the database is there with the right schema; nothing else, since anybody may ask."""
    found = status.health(current_app.config[RUNTIME])
    return json_response({"status": "UP" if found.healthy else "DOWN"}, 200 if found.healthy else 503)


@probes.get("/metrics")
def metrics() -> Response:
    """Show the numbers of this process."""
    who = current_principal()
    require(who, Permission.READ)
    counted(queries.overview(current_app.config[RUNTIME], who))
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def register(app: Flask, rt: Runtime) -> None:
    """Serve the probes and time every request."""
    app.register_blueprint(probes)

    @app.before_request
    def begin() -> None:
        g.began_at = rt.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        began_at = g.get("began_at")
        if began_at is not None:
            seconds = rt.monotonic() - began_at
            REQUESTS.labels(request.method, route, str(response.status_code)).observe(seconds)
        return response
