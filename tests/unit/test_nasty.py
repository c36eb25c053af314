"""Whole contracts of nasty names are refused by their lines, or all of it compiles."""

import itertools
import os
import re
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings

from groundplan.errors import ContractError
from groundplan.generate import plan
from groundplan.understanding import understand

from .nasty import contracts
from .projects import Data, project, state, written

EXAMPLES = int(os.environ.get("NASTY_EXAMPLES", "12"))
folders = (f"{number}" for number in itertools.count())


@given(contract=contracts())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_a_contract_is_refused_or_all_of_it_compiles(
    tmp_path: Path, contract: Data
) -> None:
    folder = tmp_path / next(folders)
    try:
        _, domain, _ = understand(written(folder / "read", contract), None)
    except ContractError as error:
        event(f"refused: {error.message.partition(': ')[2][:25]}")
        assert re.match(r"(openapi\.yaml|overlay\.yaml)(:\d+)?: .", error.message)
        assert "\n" not in error.message and error.hint
        return
    contexts = [context.name for context in domain.contexts]
    opened = project(folder / "made", contract, contexts=contexts)
    before = state(folder)
    for file in plan(opened):
        assert re.fullmatch(r"[A-Za-z0-9_./-]{1,200}", str(file.path)), file.path
        assert ".." not in file.path.parts and not file.path.is_absolute()
        if file.path.suffix == ".py":
            compile(file.text, str(file.path), "exec")
    assert state(folder) == before
