"""`python -m` entry point: serve the contexts that the settings name."""

import gc


def main() -> None:
    """Import the service, which makes no garbage to look for, and run it."""
    gc.disable()
    from .main import run

    gc.enable()
    run()


main()
