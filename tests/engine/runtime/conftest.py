"""Every test here runs with the living instance, brought back from its text after every step, and every element."""

from dataclasses import replace

import pytest

from orchestrator.domain.limits import Limits
from tests.support.running import Run


@pytest.fixture(params=["resident", "restarted", "element by element"])
def run(request):
    """Make a run; whatever it opened must be closed once it has ended."""
    made = []

    def make(*processes, limits=None, **kw):
        if request.param == "element by element":
            limits = replace(limits or Limits(), elements_per_step=1)
        made.append(Run(*processes, restart=request.param != "resident", limits=limits, **kw))
        return made[-1]

    yield make
    for each in made:
        if each.is_done:
            each.assert_conserved()
