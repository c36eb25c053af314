"""Settings of the reports."""

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings


class SentrySettings(BaseSettings):
    """Where unexpected errors are reported, and as what; without a DSN, nowhere."""

    sentry_dsn: SecretStr | None = None
    sentry_release: str | None = None

    @field_validator("sentry_dsn", "sentry_release", mode="before")
    @classmethod
    def _empty_reports_nothing(cls, value: object) -> object:
        return value or None

    @field_validator("sentry_dsn")
    @classmethod
    def _is_a_dsn(cls, dsn: SecretStr | None) -> SecretStr | None:
        if dsn is not None:
            from sentry_sdk.utils import BadDsn, Dsn

            try:
                Dsn(dsn.get_secret_value())
            except (BadDsn, ValueError):
                # its message quotes the value
                raise ValueError("is not like https://KEY@HOST/PROJECT") from None
        return dsn
