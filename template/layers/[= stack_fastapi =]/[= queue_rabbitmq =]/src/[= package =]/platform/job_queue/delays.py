"""How RabbitMQ keeps a job for a time: a queue for each length of time.

Where one queue holds different times, a long one at its head holds up all behind it.
"""

import math
from typing import Final

LONGEST_SECONDS: Final = 30 * 86_400
# A queue is kept for its time and an hour after it was declared last; who still uses it
# declares it again well before: it takes with it what it holds.
SPARE_MILLISECONDS: Final = 3_600_000
DECLARED_SECONDS: Final = 600


def milliseconds_of(delay: float) -> int:
    """How long a delay in seconds is kept for: not less, and 10 % more at most.

    Lengths have two digits, so that there are few queues. Raises ValueError where it is
    more than 30 days.
    """
    if delay > LONGEST_SECONDS:
        raise ValueError("a job can be delayed by 30 days at most")
    whole = max(10, math.ceil(delay * 1000))
    step: int = 10 ** max(0, len(str(whole)) - 2)
    return -(-whole // step) * step
