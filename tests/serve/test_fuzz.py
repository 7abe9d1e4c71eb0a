"""The API asked by its own description: whatever that allows is answered as it says, and nothing makes the server fail."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from kg.faces.serve import verbs
from tests.serve.conftest import Served

PATHS = [*(f"/api/{verb}" for verb in verbs.VERBS), "/api/queries", "/api/queries/{name}", "/api/concordance"]
#: A day to come or a sense of another name is well formed and still refused (400), which this check does not allow for.
APART = {"positive_data_acceptance"}


@pytest.fixture(scope="module")
def described(_served: Served) -> Any:
    """The API as its own description tells of it."""
    return schemathesis.openapi.from_url(f"{_served.address}/api/openapi.json")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_that_is_asked_makes_the_api_fail(path: str, described: Any) -> None:
    """The status, the media type and the JSON are those described; what the description rules out is refused; never 500."""
    excluded = [check for check in CHECKS.get_all() if check.__name__ in APART]

    @settings(
        max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=described[path]["GET"].as_strategy())
    def ask(case: Any) -> None:
        reply = case.call()
        assert reply.status_code not in (500, 502, 504), reply.text
        if reply.status_code != 503:  # which is how a request is stopped at its limit
            case.validate_response(reply, excluded_checks=excluded)

    ask()


def test_every_address_that_is_described_is_asked(described: Any) -> None:
    assert {operation.ok().path for operation in described.get_all_operations()} == set(PATHS)
