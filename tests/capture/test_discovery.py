"""Scanners that announce themselves: real packets over loopback, compressed names, broken answers."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.capture.discovery import _Heard, _name, _read, announced_scanners

A, PTR, TXT, SRV = 1, 12, 16, 33


def record(name: bytes, kind: int, body: bytes) -> bytes:
    return name + struct.pack(">HHIH", kind, 1, 120, len(body)) + body


def answer() -> bytes:
    """What a printer sends: the instance's name is written once and pointed to afterwards."""
    head = struct.pack(">6H", 0, 0x8400, 0, 1, 0, 3)
    service = _name("_uscan._tcp.local")
    start = len(head) + len(service) + 10  # where the PTR's body begins
    instance = bytes([9]) + b"Loom LS-1" + struct.pack(">H", 0xC000 | len(head))
    pointer = struct.pack(">H", 0xC000 | start)
    texts = b"".join(bytes([len(t)]) + t for t in (b"ty=Loom LS-1 Colour", b"rs=eSCL", b"cs=color"))
    return (
        head + record(service, PTR, instance)
        + record(pointer, SRV, struct.pack(">3H", 0, 0, 8080) + _name("loom.local"))
        + record(pointer, TXT, texts) + record(_name("LOOM.local"), A, socket.inet_aton("10.0.0.7"))
    )  # fmt: skip


@pytest.fixture
def network() -> Iterator[tuple[tuple[str, int], list[bytes], list[bytes]]]:
    """A place that answers questions with whatever packets are put there."""
    serving = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    serving.bind(("127.0.0.1", 0))
    serving.settimeout(5)
    asked: list[bytes] = []
    packets: list[bytes] = []

    def serve() -> None:
        try:
            question, whence = serving.recvfrom(9000)
        except OSError:
            return
        asked.append(question)
        for packet in packets:
            serving.sendto(packet, whence)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield serving.getsockname(), packets, asked
    serving.close()
    thread.join(6)


def test_a_scanner_that_answers_is_found(network) -> None:
    where, packets, asked = network
    packets += [b"nonsense", answer()[:60], answer(), answer()]
    (found,) = announced_scanners(0.4, where)
    assert found.name == "escl:http://10.0.0.7:8080/eSCL"
    assert found.title == "Loom LS-1 Colour"
    (question,) = asked
    assert question[4:6] == b"\0\2" and b"_uscan" in question and b"_uscans" in question


def test_without_any_answer_there_is_none(network) -> None:
    where, _, _ = network
    assert announced_scanners(0.1, where) == []


def test_a_name_that_points_at_itself_ends() -> None:
    head = struct.pack(">6H", 0, 0x8400, 0, 1, 0, 0)
    with pytest.raises(ValueError, match="without an end"):
        _read(head + struct.pack(">H", 0xC000 | len(head)) + bytes(10), _Heard())


@settings(deadline=None)  # a busy machine is no fault
@given(st.binary(max_size=200))
def test_no_packet_brings_it_down(raw: bytes) -> None:
    try:
        _read(raw, _Heard())
    except (ValueError, struct.error, IndexError, UnicodeDecodeError):
        pass


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 255))
def test_a_spoiled_answer_brings_nothing_down(at: int, byte: int) -> None:
    raw = bytearray(answer())
    raw[at % len(raw)] = byte
    try:
        _read(bytes(raw), _Heard())
    except (ValueError, struct.error, IndexError, UnicodeDecodeError):
        pass
