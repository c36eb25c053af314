"""The sample, as the answers want it."""

from pathlib import Path

import pytest

from groundplan.reader import Json
from groundplan.sample import sample_sources
from groundplan.workspace import taken

FILES = {
    "src/errors.py": "always",
    "[= payments_none =]/src/service.py": "none",
    "[= payments_stripe =]/src/service.py": "stripe",
    "[= payments_stripe =]/tests/test_webhooks.py": "stripe",
    "[= deploy_compose =]/src/ports.py": "compose",
    "[= deploy_compose =]/[= payments_stripe =]/src/webhooks.py": "both",
}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "fastapi" / "payments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_choices_are_named_like_their_gates() -> None:
    answers: dict[str, Json] = {
        "payments": "none",
        "deploy": ["compose"],
        "api_versioning": "media-type",
    }
    assert taken(answers) == {
        "payments_none",
        "deploy_compose",
        "api_versioning_media_type",
    }


def test_what_belongs_to_a_choice_is_there_with_it_only(sample: Path) -> None:
    def found(*choices: str) -> dict[str, str]:
        return sample_sources("payments", choices, sample)

    always = {"src/errors.py": "always"}
    assert found() == always
    assert found("payments_none") == {**always, "src/service.py": "none"}
    assert found("payments_stripe", "deploy_compose") == {
        **always,
        "src/service.py": "stripe",
        "tests/test_webhooks.py": "stripe",
        "src/ports.py": "compose",
        "src/webhooks.py": "both",
    }
