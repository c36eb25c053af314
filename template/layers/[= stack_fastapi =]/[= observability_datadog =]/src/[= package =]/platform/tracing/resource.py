"""Whose spans they are, in the words that Datadog's tags are made of."""

from opentelemetry.sdk.resources import Resource

from .settings import TracingSettings


def resource(settings: TracingSettings, version: str) -> Resource:
    """Service, environment and version as log lines have them; `version` is ours.

    OTEL_RESOURCE_ATTRIBUTES may add to it, and not name these differently.
    """
    tags = settings.tags(version)
    return Resource.create(
        {
            "service.name": tags["service"],
            "deployment.environment.name": tags["env"],
            "service.version": tags["version"],
        }
    )
