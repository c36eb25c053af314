"""What overlays say of answers that are kept: `x-cache` and `x-max-age`."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.caching import Read, cached, caching_module
from groundplan.contract import load
from groundplan.domain import Operation
from groundplan.errors import ContractError
from groundplan.fastapi_code import ContextCode
from groundplan.render import Templates
from groundplan.source import contexts_folder
from groundplan.understanding import understand

from .projects import CONTRACTS, Data, written

RULE = {"kind": "product"}


def library() -> Data:
    data: Data = yaml.safe_load((CONTRACTS / "library.yaml").read_text("utf-8"))
    return data


def reads_of(folder: Path, contract: Data) -> tuple[Read, ...]:
    path = written(folder, contract)
    return cached(load(path), understand(path, None)[1])


def operations_of(folder: Path, contract: Data) -> dict[str, Operation]:
    domain = understand(written(folder, contract), None)[1]
    return {one.id: one for context in domain.contexts for one in context.operations}


def collection(contract: Data) -> tuple[str, Any]:
    """The path of books, and what it has."""
    return "/books", contract["paths"]["/books"]


class TestCache:
    def test_a_collection_is_cached_with_its_items(self, tmp_path: Path) -> None:
        contract = library()
        collection(contract)[1]["x-cache"] = RULE
        reads = reads_of(tmp_path, contract)
        assert {read.operation.path for read in reads} == {"/books", "/books/{bookId}"}
        assert {read.rule.seconds for read in reads} == {600}
        text = caching_module(reads)["caching.py"]
        assert "'books:list'" in text and "'books:{book_id}'" in text
        assert "Fill" not in text

    def test_write_through_names_the_writes_of_an_item(self, tmp_path: Path) -> None:
        contract = library()
        rule = {"ttl": 5, "strategy": "write-through"}
        collection(contract)[1]["x-cache"] = rule
        reads = reads_of(tmp_path, contract)
        assert {read.rule.seconds for read in reads} == {5}
        assert "Fill(read=" in caching_module(reads)["caching.py"]

    def test_nothing_named_is_an_empty_table(self, tmp_path: Path) -> None:
        reads = reads_of(tmp_path, library())
        assert reads == ()
        assert "CACHING: Final[Caching] = {}" in caching_module(reads)["caching.py"]

    @pytest.mark.parametrize(
        "bad",
        [
            *(None, {}, [], "product", {"kind": "news"}, {"strategy": "aside"}),
            {"kind": "product", "ttl": 5},
            *({"ttl": seconds} for seconds in (0, -1, 10**9, True, "60", 1.5)),
            *({"ttl": 5, "strategy": word} for word in ("both", 1)),
            {"ttl": 5, "seconds": 5},
        ],
    )
    def test_what_is_no_rule_is_refused_by_its_place(
        self, tmp_path: Path, bad: object
    ) -> None:
        contract = library()
        collection(contract)[1]["x-cache"] = bad
        with pytest.raises(ContractError, match=r"openapi.yaml:\d+: .*x-cache"):
            reads_of(tmp_path, contract)

    def test_what_depends_on_who_asks_is_refused(self, tmp_path: Path) -> None:
        contract = yaml.safe_load((CONTRACTS / "magazine.yaml").read_text("utf-8"))
        contract["components"]["schemas"]["Letter"]["x-owner"] = True
        contract["paths"]["/letters/{letterId}"]["x-cache"] = RULE
        with pytest.raises(ContractError, match="x-owner"):
            reads_of(tmp_path, contract)


class TestMaxAge:
    def test_it_is_in_the_decorator_of_its_route(self, tmp_path: Path) -> None:
        contract = library()
        collection(contract)[1]["get"]["x-max-age"] = 60
        domain = understand(written(tmp_path, contract), None)[1]
        [context] = [c for c in domain.contexts if "/books" in str(c.operations)]
        code = ContextCode(Templates(contexts_folder()), domain, context).derived()
        [line] = [x for x in code["routes.py"].splitlines() if "x-max-age" in x]
        assert "openapi_extra" in line and "60" in line

    def test_other_operations_have_none(self, tmp_path: Path) -> None:
        contract = library()
        collection(contract)[1]["get"]["x-max-age"] = 60
        ages = [one.max_age for one in operations_of(tmp_path, contract).values()]
        assert sorted(age for age in ages if age is not None) == [60]

    @pytest.mark.parametrize("bad", [0, -1, 10**9, True, "60", 1.5, [60]])
    def test_what_is_no_age_is_refused_by_its_place(
        self, tmp_path: Path, bad: object
    ) -> None:
        contract = library()
        collection(contract)[1]["get"]["x-max-age"] = bad
        with pytest.raises(ContractError, match="x-max-age") as refused:
            operations_of(tmp_path, contract)
        assert "x-max-age: 60" in (refused.value.hint or "")

    def test_writes_have_none(self, tmp_path: Path) -> None:
        contract = library()
        collection(contract)[1]["post"]["x-max-age"] = 60
        with pytest.raises(ContractError, match="no GET"):
            operations_of(tmp_path, contract)
