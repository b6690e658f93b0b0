"""A camera on loopback that speaks RTSP (RFC 2326) and sends JPEG over RTP (RFC 2435) by TCP."""

import socket
import struct
import threading
import time

import cv2
import numpy as np

_PIECE = 1400


def jpeg(n: int) -> bytes:
    """The n-th picture, 160 × 120, brighter from one to the next."""
    picture = np.full((120, 160, 3), 40 + 10 * (n % 15), np.uint8)
    picture[:, :80] //= 2
    flags = [cv2.IMWRITE_JPEG_QUALITY, 80, cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
             cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]  # fmt: skip
    return cv2.imencode(".jpg", picture, flags)[1].tobytes()


class RtspServer:
    """Serves pictures at ``url`` until closed.

    Args:
        drop_after: pictures after which each connection is dropped, 0 = never.
    """

    def __init__(self, drop_after: int = 0) -> None:
        self.drop_after = drop_after
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"rtsp://127.0.0.1:{self._listening.getsockname()[1]}/cloth"
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Stop serving."""
        self._stop.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._talk, args=(one,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, one: socket.socket) -> None:
        with one:
            held = b""
            while not self._stop.is_set():
                try:
                    raw = one.recv(4096)
                except OSError:
                    return
                if not raw:
                    return
                held += raw
                while b"\r\n\r\n" in held:
                    asked, held = held.split(b"\r\n\r\n", 1)
                    if self._answer(one, asked.decode("latin-1")):
                        self._send_pictures(one)
                        return

    def _answer(self, one: socket.socket, asked: str) -> bool:
        """Answer a request; whether the pictures shall come now."""
        method = asked.split(" ", 1)[0]
        number = next(line for line in asked.split("\r\n") if line.lower().startswith("cseq"))
        extra, body = "Session: 7\r\n", ""
        if method == "OPTIONS":
            extra = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=cloth\r\nt=0 0\r\n"
                    "m=video 0 RTP/AVP 26\r\nc=IN IP4 127.0.0.1\r\na=control:track1\r\n")  # fmt: skip
            extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            if "interleaved" not in asked:
                one.sendall(f"RTSP/1.0 461 Unsupported Transport\r\n{number}\r\n\r\n".encode())
                return False
            extra += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        one.sendall(f"RTSP/1.0 200 OK\r\n{number}\r\n{extra}\r\n{body}".encode())
        return method == "PLAY"

    def _send_pictures(self, one: socket.socket) -> None:
        sequence = 0
        n = 0
        try:
            while not self._stop.is_set() and not (self.drop_after and n >= self.drop_after):
                for packet in _packets(jpeg(n), n * 3600, sequence):
                    one.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)
                    sequence += 1
                n += 1
                time.sleep(0.02)
        except OSError:
            pass


def _packets(raw: bytes, at: int, sequence: int) -> list[bytes]:
    """One picture as RTP packets; its tables travel in the first (Q = 255)."""
    tables, scan, at_byte = b"", b"", 2
    while at_byte < len(raw):
        mark = raw[at_byte + 1]
        (length,) = struct.unpack_from(">H", raw, at_byte + 2)
        segment = raw[at_byte + 4 : at_byte + 2 + length]
        if mark == 0xDB:
            while segment:
                tables += segment[1:65]
                segment = segment[65:]
        at_byte += 2 + length
        if mark == 0xDA:
            scan = raw[at_byte:-2]
            break
    packets = []
    for start in range(0, len(scan), _PIECE):
        last = start + _PIECE >= len(scan)
        head = struct.pack(">BBHII", 0x80, 26 | (0x80 if last else 0), sequence & 0xFFFF, at, 1)
        body = struct.pack(">I", start) + bytes((1, 255, 160 // 8, 120 // 8))
        if start == 0:
            body += struct.pack(">BBH", 0, 0, len(tables)) + tables
        packets.append(head + body + scan[start : start + _PIECE])
        sequence += 1
    return packets
