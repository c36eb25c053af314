"""Health: what balancers, orchestrators and people ask."""

from .api import Api


def test_it_lives(api: Api) -> None:
    """And says nothing else."""
    answer = api.platform("GET", "/health/live")
    assert answer.status == 200 and answer.json == {"status": "up"}, answer
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_ready(api: Api) -> None:
    """With every dependency that it needs; their states, and what finding out took."""
    answer = api.platform("GET", "/health/ready")
    assert answer.status == 200 and answer.object["status"] == "up", answer
    dependencies = answer.object["dependencies"]
    assert isinstance(dependencies, dict) and dependencies, answer
    for name, state in dependencies.items():
        assert name and isinstance(state, dict), answer
        assert state["status"] == "up" or state.get("required") is False, answer
        latency = state["latencyMilliseconds"]
        assert isinstance(latency, int | float) and latency >= 0, answer


def test_how_it_is_doing(api: Api) -> None:
    """Uptime, CPU time, memory and load, in figures that can be true."""
    first, second = (api.platform("GET", "/health").object for _ in range(2))
    assert first["status"] == "up"
    for name in ("uptimeSeconds", "cpuSeconds"):
        before, after = first[name], second[name]
        assert isinstance(before, int | float) and isinstance(after, int | float)
        assert 0 < before <= after
    memory, load = first["memoryBytes"], first["load"]
    assert isinstance(memory, int) and memory > 2**20
    assert isinstance(load, list) and len(load) == 3
