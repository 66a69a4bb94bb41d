"""Which addresses of the network a link may lead to, public ones and no other, and which are this machine's own."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from summarizer.errors import FetchRefused

Address = IPv4Address | IPv6Address

SPECIAL = tuple(map(ip_network, (
    "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48",
    "2001::/23", "2002::/16", "5f00::/16", "fec0::/10",
)))  # fmt: skip
"""Beside what IANA's registries mark as not global: a cloud's host agent, and IPv6 forms that carry an IPv4 address."""


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own for itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_public(text: str, *, loopback: bool) -> None:
    """Passes a public address in silence; a loopback address too where `loopback` says so.

    Raises FetchRefused for every other: private, link-local, shared, metadata, multicast, reserved, documentation,
    and IPv6 forms of IPv4 addresses that may be such.
    """
    address: Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback and loopback:
        return
    special = any(address in network for network in SPECIAL if network.version == address.version)
    if special or not address.is_global or address.is_multicast or address.is_reserved:
        raise FetchRefused(f"The link leads to {address}, which is no public address.")
