"""Settings of the object storage in a bucket."""

import re
from typing import Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..environment import EnvironmentSettings

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class StorageSettings(EnvironmentSettings):
    """Which bucket, where, and who the service is there.

    Without a key of its own it is who the machine says it is: a role, or a profile.
    """

    s3_bucket: str = Field("", validate_default=True)
    s3_region: str = Field("us-east-1", pattern=r"^[a-z0-9-]+$")
    s3_url: str = ""
    s3_public_url: str = ""
    s3_access_key_id: str = ""
    s3_secret_access_key: SecretStr = SecretStr("")
    storage_max_bytes: int = Field(104_857_600, ge=0, le=5 * 1024**3)
    storage_url_minutes: float = Field(15, gt=0, le=7 * 24 * 60)

    @field_validator("s3_bucket")
    @classmethod
    def check_s3_bucket(cls, bucket: str, info: ValidationInfo) -> str:
        """Name a bucket; where people develop, objects may be left out."""
        is_production = info.data.get("environment") == "production"
        if (bucket or is_production) and not BUCKET.fullmatch(bucket):
            raise ValueError("needs the name of a bucket")
        return bucket

    @field_validator("s3_url", "s3_public_url")
    @classmethod
    def check_s3_url(cls, url: str) -> str:
        """Name a server that speaks S3, if it is not that of AWS."""
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("needs an http or https URL")
        return url.rstrip("/")

    @field_validator("s3_secret_access_key")
    @classmethod
    def check_s3_secret_access_key(
        cls, secret: SecretStr, info: ValidationInfo
    ) -> SecretStr:
        """Give both halves of a key, or none."""
        if bool(secret.get_secret_value()) != bool(info.data.get("s3_access_key_id")):
            raise ValueError("needs S3_ACCESS_KEY_ID beside it, and the reverse")
        return secret
