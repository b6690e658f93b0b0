"""Network cameras: a real MJPEG stream on loopback, dropped and back again, and its refusals."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import cv2
import pytest

from fabricfinder.__main__ import main
from fabricfinder.capture.camera import (
    BACK,
    LOST,
    CameraError,
    Frame,
    MjpegCamera,
    RtspCamera,
    live,
    open_camera,
    take_picture,
)
from fabricfinder.jobs import run_to_end

Serve = Callable[..., object]


@pytest.fixture
def serve(camera_server: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start a camera; closed afterwards."""
    monkeypatch.setattr("fabricfinder.capture.camera._WAITS_S", (0.01,))
    running = []

    def start(**lens: object):
        frames = [camera_server.jpeg(n) for n in range(3)]
        running.append(camera_server.CameraServer(camera_server.Lens(**({"frames": frames} | lens))))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.mark.parametrize("lengths", [True, False])
def test_the_stream_comes_as_it_was_sent(serve: Serve, lengths: bool) -> None:
    server = serve(lengths=lengths)
    frames = []
    stream = open_camera(server.url).frames()
    for frame in stream:
        frames.append(frame)
        if len(frames) == 7:
            break
    stream.close()
    assert [f.jpeg for f in frames] == [server.lens.frames[n % 3] for n in range(7)]
    assert frames[0].rgb.shape == (120, 160, 3)


def test_a_dropped_stream_comes_back(serve: Serve) -> None:
    server = serve(drop_after=4, refuse_next=2)
    seen, notices = [], []
    looking = live(open_camera(server.url))
    for progress in looking:
        if progress.notice:
            notices.append(progress.notice)
        if progress.partial is not None:
            seen.append(progress.partial)
        if len(seen) == 10:
            break
    looking.close()
    assert notices == [LOST, BACK, LOST, BACK]
    assert {f.jpeg for f in seen} <= set(server.lens.frames), "no half picture is shown"
    assert server.lens.connections == 5, "one, two refused, two that worked"


def test_one_that_stays_away_is_given_up(serve: Serve) -> None:
    server = serve(drop_after=2, refuse_next=10**6)
    looking = live(open_camera(server.url), patience_s=0.1)
    with pytest.raises(CameraError):
        run_to_end(looking)


def test_the_sharpest_picture_is_kept_byte_for_byte(
    serve: Serve, camera_server: ModuleType, tmp_path: Path
) -> None:
    frames = [camera_server.jpeg(n, blur) for n, blur in enumerate((3, 2, 0, 2, 4))]
    server = serve(frames=frames)
    out = tmp_path / "cloth.jpg"
    frame = run_to_end(take_picture(server.url, out))
    assert isinstance(frame, Frame)
    assert out.read_bytes() == frames[2]
    assert list(tmp_path.iterdir()) == [out]
    run_to_end(take_picture(server.url, tmp_path / "cloth.png"))
    assert (tmp_path / "cloth.png").read_bytes().startswith(b"\x89PNG")


def test_an_address_of_one_picture(serve: Serve, tmp_path: Path) -> None:
    server = serve(kind="image/jpeg")
    run_to_end(take_picture(server.url, tmp_path / "a.jpg", choose_from=2))
    assert (tmp_path / "a.jpg").read_bytes() == server.lens.frames[0]


def test_name_and_password(serve: Serve) -> None:
    server = serve(secret="anna:loom 7")
    with pytest.raises(CameraError, match="name and a password"):
        next(MjpegCamera(server.url).frames())
    known = MjpegCamera(f"http://anna:loom%207@{server.host}/video").frames()
    assert next(known).jpeg == server.lens.frames[0]
    known.close()


def test_refusals(serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    page = serve(kind="text/html")
    with pytest.raises(CameraError, match="sends no pictures"):
        next(live(open_camera(page.url)))
    page.close()
    with pytest.raises(CameraError, match="does not answer"):
        next(live(open_camera(page.url)))
    with pytest.raises(CameraError, match="begins with http"):
        open_camera("file:///etc/passwd")
    assert main(["camera", "--url", page.url, "--out", str(tmp_path / "a.jpg")]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert main(["camera", "--url", page.url, "--out", str(tmp_path / "a.gif")]) == 1
    good = serve()
    with pytest.raises(CameraError, match="cannot be written"):
        run_to_end(take_picture(good.url, tmp_path / "none" / "a.jpg"))
    assert main(["camera", "--url", good.url, "--out", str(tmp_path / "a.jpg")]) == 0
    assert (tmp_path / "a.jpg").read_bytes() in good.lens.frames


def test_rtsp_that_is_not_there() -> None:
    with pytest.raises(CameraError, match="does not answer"):
        next(RtspCamera("rtsp://127.0.0.1:9/stream").frames())


@pytest.fixture
def rtsp(rtsp_server: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start an RTSP camera; closed afterwards."""
    monkeypatch.setattr("fabricfinder.capture.camera._WAITS_S", (0.01,))
    running = []

    def start(drop_after: int = 0):
        running.append(rtsp_server.RtspServer(drop_after))
        return running[-1]

    yield start
    for server in running:
        server.close()


def test_rtsp_pictures_come_in_their_order(rtsp: Serve) -> None:
    stream = open_camera(rtsp().url).frames()
    seen = [next(stream).rgb for _ in range(5)]
    stream.close()
    for n, rgb in enumerate(seen):
        assert rgb.shape == (120, 160, 3)
        assert rgb[60, 120] == pytest.approx([40 + 10 * n] * 3, abs=3)
        assert rgb[60, 40] == pytest.approx([20 + 5 * n] * 3, abs=3)


def test_rtsp_drops_and_comes_back(rtsp: Serve, tmp_path: Path) -> None:
    server = rtsp(drop_after=3)
    pictures, notices = 0, []
    looking = live(open_camera(server.url))
    for progress in looking:
        pictures += progress.partial is not None
        notices += [progress.notice] if progress.notice else []
        if pictures == 5:
            break
    looking.close()
    assert notices == [LOST, BACK]
    assert server.connections == 2
    run_to_end(take_picture(server.url, tmp_path / "cloth.jpg", choose_from=2))
    assert cv2.imread(str(tmp_path / "cloth.jpg")).shape == (120, 160, 3)
