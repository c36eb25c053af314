"""What the answers `rate_limit` and `idempotency` make of a contract."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.domain import Domain
from groundplan.errors import ContractError
from groundplan.limit_module import limit_module
from groundplan.overlay import amendments
from groundplan.understanding import understand

from .projects import CONTRACTS, Data, written


def allotment() -> Data:
    data: Data = yaml.safe_load((CONTRACTS / "allotment.yaml").read_text("utf-8"))
    return data


def domain_of(
    folder: Path, contract: Data, rate_limit: str = "none", idempotency: str = "none"
) -> Domain:
    path = written(folder, contract)
    return understand(path, None, rate_limit=rate_limit, idempotency=idempotency)[1]


def operations(contract: Data) -> list[tuple[str, str, Any]]:
    return [
        (path, method, node)
        for path, item in contract["paths"].items()
        for method, node in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def first(contract: Data, method: str) -> Any:
    return next(node for _, found, node in operations(contract) if found == method)


class TestLimits:
    def test_all_operations_may_be_answered_429(self, tmp_path: Path) -> None:
        domain = domain_of(tmp_path, allotment(), rate_limit="memory")
        for _, _, node in operations(domain.effective):
            assert {"429", "4XX", "default"} & node["responses"].keys()

    def test_a_policy_is_in_the_table(self, tmp_path: Path) -> None:
        contract = allotment()
        _, method, node = operations(contract)[0]
        node["x-rate-limit"] = "5/10 seconds"
        domain = domain_of(tmp_path, contract, rate_limit="redis")
        text = limit_module(domain)["rate_limits.py"]
        assert "5/10 seconds" in text and f"{method.upper()} /" in text

    def test_a_path_gives_its_policy_to_operations_without_one(
        self, tmp_path: Path
    ) -> None:
        contract = allotment()
        path, method, node = operations(contract)[0]
        contract["paths"][path]["x-rate-limit"] = "9/minute"
        node["x-rate-limit"] = "1/minute"
        domain = domain_of(tmp_path, contract, rate_limit="memory")
        found = {
            o.method: o.rate_limit
            for c in domain.contexts
            for o in c.operations
            if o.path == path
        }
        assert found.pop(method) == "1/minute"
        assert set(found.values()) <= {"9/minute"}

    @pytest.mark.parametrize("bad", [100, "100", "0/minute", "1/week", ["1/day"]])
    def test_what_is_no_policy_is_refused_by_its_place(
        self, tmp_path: Path, bad: object
    ) -> None:
        contract = allotment()
        operations(contract)[0][2]["x-rate-limit"] = bad
        with pytest.raises(ContractError, match="x-rate-limit") as refused:
            domain_of(tmp_path, contract)
        assert "100/minute" in (refused.value.hint or "")

    def test_nobody_limits_without_the_answer(self, tmp_path: Path) -> None:
        contract = allotment()
        node = operations(contract)[0][2]
        node["x-rate-limit"] = "1/day"
        domain = domain_of(tmp_path, contract)
        assert [line for line in domain.unchecked if "x-rate-limit 1/day" in line]
        assert limit_module(domain) == {}
        assert "429" not in operations(domain.effective)[0][2]["responses"]


class TestKeys:
    def test_a_post_takes_a_key_that_no_operation_sees(self, tmp_path: Path) -> None:
        domain = domain_of(tmp_path, allotment(), idempotency="database")
        node = first(domain.effective, "post")
        [key] = [p for p in node["parameters"] if p.get("name") == "Idempotency-Key"]
        assert "required" not in key
        assert {"400", "409", "422"} <= node["responses"].keys()
        every = [o for c in domain.contexts for o in c.operations]
        wires = {p.wire for o in every for p in o.parameters}
        assert "Idempotency-Key" not in wires

    def test_other_methods_take_none(self, tmp_path: Path) -> None:
        domain = domain_of(tmp_path, allotment(), idempotency="database")
        for _, method, node in operations(domain.effective):
            names = [p.get("name") for p in node.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post")

    def test_a_key_that_is_declared_is_not_declared_again(self, tmp_path: Path) -> None:
        contract = allotment()
        own = {
            "name": "idempotency-key",
            "in": "header",
            "schema": {"type": "string"},
        }
        first(contract, "post")["parameters"] = [own]
        domain = domain_of(tmp_path, contract, idempotency="database")
        node = first(domain.effective, "post")
        assert len(node["parameters"]) == 1

    def test_check_says_all_of_it(self, tmp_path: Path) -> None:
        path = written(tmp_path, allotment())
        contract, _, _ = understand(
            path, None, rate_limit="redis", idempotency="database"
        )
        assert contract.completion is not None
        assert contract.completion.name == "rate_limit=redis, idempotency=database"
        words = "\n".join(a.description for a in amendments(contract.completion))
        assert "429 when a caller asks too often" in words
        assert "may be sent again with the same Idempotency-Key" in words
