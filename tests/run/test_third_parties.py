"""The sample with everything that third parties do for it, which no preset has."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Template, make_target

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("third_parties")]


def test_the_shop_pays_stores_and_writes(
    template: Template, make_project: Callable[..., Path]
) -> None:
    """Its own checks pass, against stand-ins of Stripe, S3 and a mail server."""
    answers = ("payments=stripe", "storage=s3", "mail=smtp")
    sets = [part for answer in answers for part in ("--set", answer)]
    project = make_project("third-parties", "--preset", "starter", *sets)
    output = make_target(project, "check", template)
    assert " passed" in output and "skipped" not in output
    assert "Code and contract agree." in output
    assert (project / "tests" / "notifications" / "test_mail.py").is_file()
    assert "FakeProvider" not in "".join(
        path.read_text("utf-8") for path in (project / "src").rglob("*.py")
    )
