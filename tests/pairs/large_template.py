"""Questions of a template larger than ours, with every kind of refusal."""

from pathlib import Path
from typing import Any

import yaml

from ..checkout import REPOSITORY


def one_of(*choices: str, **more: Any) -> dict[str, Any]:
    """A question with one answer."""
    return {"type": "str", "choices": list(choices), "default": choices[0]} | more


def several_of(*choices: object, **more: Any) -> dict[str, Any]:
    """A question with any number of answers."""
    entry = {"type": "str", "multiselect": True, "default": []}
    return entry | {"choices": list(choices)} | more


def refused(value: str, when: str) -> tuple[str, dict[str, str]]:
    """A choice that is refused under a condition on answers given before."""
    reason = f"[% if {when} %]not with {when}[% endif %]"
    return value, {"value": value, "validator": reason}


def choices(*given: str | tuple[str, dict[str, str]]) -> dict[str, Any]:
    """Choices, some of which may be refused, as Copier's question files have them."""
    return dict(one if isinstance(one, tuple) else (one, one) for one in given)


QUESTIONS: dict[str, dict[str, Any]] = {
    "architecture": one_of("monolith", "microservices"),
    "api": one_of("rest", "graphql", "hybrid"),
    # not asked for where it would decide nothing
    "api_versioning": one_of(
        "uri", "header", "media_type", when="[= api != 'graphql' =]"
    ),
    "error_format": one_of("contract", "problem", "envelope", "flat"),
    "database": one_of("sqlite", "postgres"),
    "cache": one_of("none", "memory", "redis"),
    "rate_limit": one_of("none", "memory", "redis")
    | {"choices": choices("none", "memory", refused("redis", "cache != 'redis'"))},
    "queue": one_of("none", "memory", "redis", "rabbitmq")
    | {
        "validator": "[% if queue == 'memory' and architecture == 'microservices' %]\n"
        "a queue in memory is of one process\n[% endif %]\n"
    },
    "auth": one_of("none", "jwt", "oidc"),
    "storage": one_of("none", "local", "s3"),
    "payments": one_of("none", "stripe")
    | {"choices": choices("none", refused("stripe", "queue in ['none', 'memory']"))},
    "observability": several_of(
        "prometheus",
        "opentelemetry",
        "sentry",
        "datadog",
        validator="[= 'one tracer' if 'opentelemetry' in observability and "
        "'datadog' in observability else '' =]",
    ),
    "deploy": several_of("compose", "kubernetes", "ecs")
    | {
        "choices": choices(
            "compose",
            refused("kubernetes", "storage == 'local'"),
            refused("ecs", "database == 'sqlite' or 'datadog' in observability"),
        )
    },
    "ci": one_of("github", "gitlab", "none"),
    "language": one_of("en", "ja"),
    "docs": several_of("diagrams", "examples", "client"),
}
# Found by reading the questions above.
IMPOSSIBLE = [
    "api=graphql with api_versioning=header",
    "api=graphql with api_versioning=media_type",
    "architecture=microservices with queue=memory",
    "cache=memory with rate_limit=redis",
    "cache=none with rate_limit=redis",
    "database=sqlite with deploy=ecs",
    "deploy=ecs with observability=datadog",
    "deploy=kubernetes with storage=local",
    "observability=datadog with observability=opentelemetry",
    "payments=stripe with queue=memory",
    "payments=stripe with queue=none",
]
PRESETS: dict[str, dict[str, Any]] = {
    "least": {name: entry["default"] for name, entry in QUESTIONS.items()},
    "most": {
        "architecture": "microservices",
        "api": "hybrid",
        "api_versioning": "header",
        "error_format": "envelope",
        "database": "postgres",
        "cache": "redis",
        "rate_limit": "redis",
        "queue": "rabbitmq",
        "auth": "oidc",
        "storage": "s3",
        "payments": "stripe",
        "observability": ["prometheus", "opentelemetry", "sentry"],
        "deploy": ["compose", "kubernetes", "ecs"],
        "ci": "gitlab",
        "language": "ja",
        "docs": ["diagrams", "examples", "client"],
    },
}


def write(root: Path) -> Path:
    """Write a template with these questions and presets; gives its folder."""
    settings = (REPOSITORY / "copier.yml").read_text("utf-8").split("---")[0]
    documents = [settings]
    folder = root / "template" / "questions"
    folder.mkdir(parents=True)
    (root / "template" / "includes").mkdir()
    for name, entry in QUESTIONS.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump({name: entry}), "utf-8")
        documents.append(f"\n!include template/questions/{name}.yml\n")
    identity = {"project_name": {"type": "str", "default": "Large"}}
    (folder / "identity.yml").write_text(yaml.safe_dump(identity), "utf-8")
    documents.insert(1, "\n!include template/questions/identity.yml\n")
    (root / "copier.yml").write_text("---".join(documents), "utf-8")
    (root / "presets").mkdir()
    for preset, answers in PRESETS.items():
        text = yaml.safe_dump(answers, sort_keys=False)
        (root / "presets" / f"{preset}.yaml").write_text(text, "utf-8")
    return root
