"""Network addresses: which ones a link may lead to (only public ones), and which are this machine's loopback."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from summarizer.errors import FetchRefused

Address = IPv4Address | IPv6Address

SPECIAL = tuple(map(ip_network, (
    "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48",
    "2001::/23", "2002::/16", "5f00::/16", "fec0::/10",
)))  # fmt: skip
"""Refused in addition to what IANA's registries mark as not global: a cloud provider's host agent, and IPv6 forms that
embed an IPv4 address."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is a loopback one."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_public(text: str, *, loopback: bool) -> None:
    """Accepts a public address, and with `loopback` also a loopback address.

    Raises FetchRefused for all others: private, link-local, shared, metadata, multicast, reserved and documentation
    addresses, and IPv6 forms that embed an IPv4 address.
    """
    address: Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback and loopback:
        return
    special = any(address in network for network in SPECIAL if network.version == address.version)
    if special or not address.is_global or address.is_multicast or address.is_reserved:
        raise FetchRefused(f"The link leads to {address}, which is not a public address.")
