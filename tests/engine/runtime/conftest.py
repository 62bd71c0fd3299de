"""Every test here runs twice: with the living instance, and brought back from its text after every step."""

import pytest

from tests.support.running import Run


@pytest.fixture(params=[False, True], ids=["resident", "restarted"])
def run(request):
    """Make a run; whatever it opened must be closed once it has ended."""
    made = []

    def make(*processes, **kw):
        made.append(Run(*processes, restart=request.param, **kw))
        return made[-1]

    yield make
    for each in made:
        if each.is_done:
            each.assert_conserved()
