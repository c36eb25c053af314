"""Whose spans they are."""

from typing import Final

from opentelemetry.sdk.resources import OTELResourceDetector, Resource

from .settings import TracingSettings

SERVICE: Final = (__package__ or "").partition(".")[0]


def resource(settings: TracingSettings, version: str) -> Resource:
    """The service and its version, which is `version`.

    OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may name it differently.
    """
    ours = {"service.name": SERVICE, "service.version": version}
    return Resource.create(ours).merge(OTELResourceDetector().detect())
