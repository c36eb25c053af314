"""`make contracts`: the contracts of the tests and some that have to be refused."""

import os

import pytest

from ..checkout import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("contracts")]

CONTRACTS = REPOSITORY / "tests" / "contracts"
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "5")
