"""Settings of jobs and of the workers that do them."""

from pydantic import Field
from pydantic_settings import BaseSettings


class JobSettings(BaseSettings):
    """How many jobs a worker does at a time, and how long what they left is kept."""

    job_concurrency: int = Field(10, ge=1, le=1000)
    job_send_seconds: float = Field(2, gt=0)
    job_outcome_seconds: float = Field(86_400, gt=0)
    job_dead_letter_days: float = Field(30, gt=0, le=36_500)
    job_grace_seconds: float = Field(20, ge=0)
    job_schedules: bool = True
    job_most_deliveries: int = Field(5, ge=1)
