"""Network scanners that announce themselves, by one question over multicast DNS (RFC 6762).

eSCL scanners offer the service ``_uscan._tcp`` (``_uscans._tcp`` over TLS). The question goes out
once from a port of its own, so that every answer comes straight back; their PTR, SRV, TXT and A
records say name, host, port and path. Nobody else is told anything.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from fabricfinder.capture.scanner import FoundScanner

GROUP, PORT = "224.0.0.251", 5353
SERVICES = {"_uscan._tcp.local": "http", "_uscans._tcp.local": "https"}
WAIT_S = 1.5
_A, _PTR, _TXT, _SRV = 1, 12, 16, 33
_MAX_POINTERS = 32


@dataclass(slots=True)
class _Heard:
    """What the answers said, by lower-case name."""

    instances: dict[str, set[str]] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # as written


def announced_scanners(
    wait_s: float = WAIT_S, to: tuple[str, int] = (GROUP, PORT)
) -> list[FoundScanner]:
    """Scanners of the local network that answer in time; none where there is no network.

    Args:
        wait_s: how long answers are waited for.
        to: where the question goes.
    """
    heard = _Heard()
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        asking.sendto(_question(), to)
        until = time.monotonic() + wait_s
        while (left := until - time.monotonic()) > 0:
            asking.settimeout(left)
            answer, _ = asking.recvfrom(9000)
            with suppress(ValueError, struct.error, IndexError, UnicodeDecodeError):
                _read(answer, heard)  # a broken answer is nobody's scanner
    return sorted(_found(heard), key=lambda one: one.title)


def _question() -> bytes:
    """One packet that asks for every service, answers wanted straight back (QU)."""
    asked = b"".join(_name(service) + struct.pack(">HH", _PTR, 0x8001) for service in SERVICES)
    return struct.pack(">6H", 0, 0, len(SERVICES), 0, 0, 0) + asked


def _name(dotted: str) -> bytes:
    labels = (label.encode() for label in dotted.split("."))
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _read(raw: bytes, heard: _Heard) -> None:
    """Take the records of one answer."""
    _, flags, questions, *counts = struct.unpack_from(">6H", raw, 0)
    if not flags & 0x8000:
        return
    at = 12
    for _ in range(questions):
        at = _labels(raw, at)[1] + 4
    for _ in range(sum(counts)):
        labels, at = _labels(raw, at)
        kind, _, _, length = struct.unpack_from(">HHIH", raw, at)
        at += 10
        if at + length > len(raw):
            raise ValueError("a record that is cut short")
        name = ".".join(labels).lower()
        if kind == _PTR and name in SERVICES:
            target = _labels(raw, at)[0]
            heard.instances.setdefault(name, set()).add(".".join(target).lower())
            heard.names[".".join(target).lower()] = target[0] if target else ""
        elif kind == _SRV:
            (port,) = struct.unpack_from(">H", raw, at + 4)
            heard.places[name] = (".".join(_labels(raw, at + 6)[0]).lower(), port)
        elif kind == _TXT:
            heard.texts[name] = dict(_pairs(raw[at : at + length]))
        elif kind == _A and length == 4:
            heard.addresses[name] = socket.inet_ntoa(raw[at : at + 4])
        at += length


def _labels(raw: bytes, at: int) -> tuple[list[str], int]:
    """A name, and where the bytes after it begin; names may point back to others."""
    labels: list[str] = []
    after = -1
    for _ in range(_MAX_POINTERS + 128):
        length = raw[at]
        if length == 0:
            return labels, after if after >= 0 else at + 1
        if length >= 0xC0:
            after = at + 2 if after < 0 else after
            at = (length & 0x3F) << 8 | raw[at + 1]
            continue
        labels.append(raw[at + 1 : at + 1 + length].decode())
        at += 1 + length
    raise ValueError("a name without an end")


def _pairs(raw: bytes) -> Iterator[tuple[str, str]]:
    """The key=value strings of a TXT record."""
    at = 0
    while at < len(raw):
        text = raw[at + 1 : at + 1 + raw[at]].decode(errors="replace")
        key, _, value = text.partition("=")
        yield key.lower(), value
        at += 1 + raw[at]


def _found(heard: _Heard) -> Iterator[FoundScanner]:
    """Scanners of which enough was said."""
    for service, instances in heard.instances.items():
        for instance in instances:
            host, port = heard.places.get(instance, ("", 0))
            place = heard.addresses.get(host, host)
            if not place or not port:
                continue
            said = heard.texts.get(instance, {})
            path = said.get("rs", "eSCL").strip("/") or "eSCL"
            title = said.get("ty") or heard.names.get(instance) or place
            yield FoundScanner(f"escl:{SERVICES[service]}://{place}:{port}/{path}", title)
