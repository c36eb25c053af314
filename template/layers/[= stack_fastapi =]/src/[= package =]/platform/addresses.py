"""Origins, networks and ports, as settings write them: what is wrong with one."""

import re
from ipaddress import ip_network
from typing import Final

# RFC 6454, as browsers send it: no path, and in lower case
ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?")
# what Kubernetes puts into <NAME>_PORT where it knows a Service of that name
INJECTED_PORT: Final = re.compile(r"(tcp|udp|sctp)://\S+:\d+")
USUAL_PORTS: Final = (("http://", ":80"), ("https://", ":443"))


def origin_problem(origin: str) -> str | None:
    """What keeps it from being the origin of any page."""
    if not ORIGIN.fullmatch(origin):
        return "has to be like https://shop.example or http://localhost:3000"
    if any(origin.startswith(a) and origin.endswith(b) for a, b in USUAL_PORTS):
        return "browsers leave the usual port out of an origin"
    return None


def is_injected_port(port: object) -> bool:
    """Whether a variable for a port was set by Kubernetes, for another purpose."""
    return isinstance(port, str) and INJECTED_PORT.fullmatch(port) is not None


def network_problem(network: str) -> str | None:
    """What keeps it from being an IP address or a network."""
    try:
        ip_network(network)
    except ValueError:
        return "has to be like 10.0.0.7, 10.0.0.0/8 or fd00::/8"
    return None
