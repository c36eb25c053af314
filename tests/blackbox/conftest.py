"""Options and fixtures: the service under test, and what it has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .api import Api
from .profile import Profile, ProfileError, load_profile
from .service import Database, Service, Stack
from .stacks import STACKS

FEATURES = pytest.StashKey[set[str]]()
PROFILE = pytest.StashKey[Profile]()
STACK = pytest.StashKey[Stack | None]()
OF_PROCESS = Path(__file__).parent / "process"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What to test."""
    group = parser.getgroup("blackbox", "the service under test")
    group.addoption("--base-url", help="where it runs; needs --profile")
    group.addoption("--profile", type=Path, help="what it is like: YAML or JSON")
    group.addoption(
        "--project", type=Path, help="a project to start it from, instead of a URL"
    )
    group.addoption(
        "--stack", default="fastapi", choices=sorted(STACKS), help="of the project"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the profile; refuse what does not fit together."""
    config.addinivalue_line("markers", "needs(*features): not run without them")
    config.addinivalue_line("markers", "lacks(feature): run where it is not there")
    config.addinivalue_line("markers", "closing: run after all others")
    url, path = config.getoption("--base-url"), config.getoption("--profile")
    project: Path | None = config.getoption("--project")
    stack: Stack | None = None
    if project is not None:
        if url or path:
            raise pytest.UsageError("--project has a URL and a profile of its own")
        stack = STACKS[config.getoption("--stack")](project.resolve())
        profile = stack.profile
    elif url and path:
        try:
            profile = load_profile(path)
        except ProfileError as error:
            raise pytest.UsageError(str(error)) from error
    else:
        raise pytest.UsageError("--base-url and --profile, or --project, are missing")
    config.stash[PROFILE], config.stash[STACK] = profile, stack
    features = profile.features()
    if stack:
        features |= {"process"} | ({"remote database"} if stack.is_remote else set())
    config.stash[FEATURES] = features


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what was started."""
    stack = config.stash.get(STACK, None)
    if stack is not None:
        stack.close()


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is tested."""
    where = config.getoption("--base-url") or config.getoption("--project")
    features = config.stash[FEATURES]
    return f"service: {where}, with {', '.join(sorted(features))}"


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what the service does not have; what looks back comes last."""
    has = config.stash[FEATURES]
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        needs = {name for mark in item.iter_markers("needs") for name in mark.args}
        lacks = {name for mark in item.iter_markers("lacks") for name in mark.args}
        if item.path.is_relative_to(OF_PROCESS):
            needs.add("process")
        (kept if needs <= has and not lacks & has else left_out).append(item)
    kept.sort(key=lambda item: item.get_closest_marker("closing") is not None)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def profile(pytestconfig: pytest.Config) -> Profile:
    """What the service is like."""
    return pytestconfig.stash[PROFILE]


@pytest.fixture(scope="session")
def database(pytestconfig: pytest.Config) -> Iterator[Database | None]:
    """The database of the service that most tests call, where it is known."""
    stack = pytestconfig.stash[STACK]
    if stack is None:
        yield None
        return
    with stack.database() as database:
        yield database


@pytest.fixture(scope="session")
def service(
    pytestconfig: pytest.Config, database: Database | None
) -> Iterator[Service | None]:
    """The service that most tests call; None where it runs somewhere else."""
    stack = pytestconfig.stash[STACK]
    if stack is None or database is None:
        yield None
        return
    origins = {"CORS_ORIGINS": ",".join(stack.profile.origins)}
    with stack.service(database, origins) as service:
        yield service


@pytest.fixture(scope="session")
def api(
    pytestconfig: pytest.Config, profile: Profile, service: Service | None
) -> Iterator[Api]:
    """The service that most tests call."""
    url = service.base_url if service else pytestconfig.getoption("--base-url")
    api = Api(url, profile)
    yield api
    api.close()


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Stack:
    """What starts services."""
    stack = pytestconfig.stash[STACK]
    assert stack is not None
    return stack
