"""Profiles of the black-box suite: what is refused, and what is made of a contract."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..blackbox.client import at_version
from ..blackbox.profile import ProfileError, Versioning, load_profile, profile_from
from ..blackbox.tokens import read_token

README = Path(__file__).parents[1] / "blackbox" / "README.md"
SMALL: dict[str, Any] = {
    "errors": "flat",
    "collection": {"path": "/things", "body": {"name": "It"}},
}


def test_the_profile_of_the_readme_has_what_it_says() -> None:
    """All that tests may need, as far as it is written there."""
    text = README.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    profile = profile_from(yaml.safe_load(text))
    assert profile.features() == {
        *("login", "passwords", "registration", "token secret", "closed writes"),
        "forbidden",
        *("metrics", "documentation", "origins", "change", "delete", "conflict"),
        *("integer", "required", "limit", "total", "pages", "sort", "order"),
    }
    assert profile.change_method == "PATCH"


def test_the_least_profile() -> None:
    """It has no login and reads one item."""
    assert profile_from(SMALL).features() == {"documentation"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"errors": "plain"}, "errors has to be one of"),
        ({"surprise": 1}, "profile: no such key: surprise"),
        ({"collection": {"path": "/things"}}, "collection needs body"),
        (
            {"collection": SMALL["collection"] | {"list": {"size": 1}}},
            "collection.list",
        ),
        ({"collection": {"path": "things", "body": {}}}, "is no path"),
        (
            {"collection": SMALL["collection"] | {"distinct": {"a": "x"}}},
            "needs one {}",
        ),
        ({"collection": []}, "collection has to be a mapping"),
        ({"login": {"register": False}}, "login needs"),
        ({"versioning": {"style": "query"}}, "versioning.style has to be one of"),
    ],
)
def test_profiles_that_are_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    """The file and the place are named."""
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(SMALL | changes), "utf-8")
    with pytest.raises(ProfileError, match=r"profile\.json: ") as refused:
        load_profile(path)
    assert words in str(refused.value)


def test_how_a_version_is_asked_for() -> None:
    """In the path, in a header of its own, or in the media type."""
    asked = {
        style: at_version("/things", Versioning(style, "2", "X-Version"))
        for style in ("none", "uri", "header", "media-type")
    }
    assert asked == {
        "none": ("/things", {}),
        "uri": ("/v2/things", {}),
        "header": ("/things", {"X-Version": "2"}),
        "media-type": ("/things", {"accept": "application/json;v=2"}),
    }


def test_tokens_are_signed_as_in_rfc_7515() -> None:
    """Signed again with the right secret, a token is what it was."""
    signed = read_token("eyJhbGciOiJIUzI1NiJ9.eyJhIjogMX0.x").signed("secret")
    assert read_token(str(signed)).signed("secret") == signed
    assert read_token(str(signed)).signed("other") != signed
    assert str(signed.saying(a=2)).split(".")[1] != str(signed).split(".")[1]
