"""The formats of strings that are checked; any other is a word for people."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Final

# https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL: Final = rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*"
# RFC 3986; a host in brackets is an IP address.
_CHARACTER: Final = r"(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})"
_AUTHORITY: Final = (
    r"(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?"
    r"(?:\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+\]"
    r"|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?"
)
_REST: Final = rf"{_CHARACTER}*(?:#{_CHARACTER}*)?"
_URI: Final = (
    rf"[a-zA-Z][a-zA-Z0-9+.-]*:(?://{_AUTHORITY}(?:[/?#]{_REST})?|(?!//){_REST})"
)
# What begins with a segment that holds a colon would be an absolute one.
_RELATIVE: Final = rf"(?://{_AUTHORITY}(?:[/?#]{_REST})?|(?!//)(?![^/?#]*:){_REST})"
# RFC 3339, appendix A
_DURATION: Final = (
    r"P(?!\Z)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?"
    r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)"
)
_HOUR: Final = r"(?:[01]\d|2[0-3])"
_TIME: Final = rf"{_HOUR}:[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-]{_HOUR}:[0-5]\d)"

Check = Callable[[str], bool]


def _matches(pattern: str, longest: int | None = None) -> Check:
    full = re.compile(pattern, re.ASCII).fullmatch

    def check(text: str) -> bool:
        return (longest is None or len(text) <= longest) and full(text) is not None

    return check


def _parses(parse: Callable[[str], object]) -> Check:
    def check(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, binascii.Error):
            return False
        return True

    return check


def _is_base64(text: str) -> bool:
    try:
        b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return False
    return True


CHECKS: Final[Mapping[str, Check]] = {
    # any domain, not only those that mail can be sent to
    "email": _matches(_EMAIL, 320),
    "hostname": _matches(rf"{_LABEL}(?:\.{_LABEL})*", 253),
    "ipv4": _parses(IPv4Address),
    "ipv6": _parses(IPv6Address),
    "uri": _matches(_URI),
    "uri-reference": _matches(rf"{_URI}|{_RELATIVE}"),
    "time": _matches(_TIME),
    "duration": _matches(_DURATION),
    "byte": _is_base64,
    "json-pointer": _matches(r"(?:/(?:[^~/]|~[01])*)*"),
}
