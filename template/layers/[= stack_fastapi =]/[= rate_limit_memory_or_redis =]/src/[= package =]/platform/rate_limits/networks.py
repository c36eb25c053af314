"""Where requests come from."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from fastapi import Request

# A customer's own network of IPv6: one machine has all of its addresses.
CUSTOMER_BITS: Final = 64


def network_of(request: Request) -> str:
    """The client's address, or the network that is one customer's."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "address:unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return f"address:{address.ipv4_mapped}"
        network = ip_network((address.packed, CUSTOMER_BITS), strict=False)
        return f"address:{network}"
    return f"address:{address}"
