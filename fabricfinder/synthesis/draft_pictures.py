"""Pictures of weaving drafts, and the drafts of a set of rendered cloth."""

from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.synthesis.camera import Photo
from fabricfinder.synthesis.dataset import dataset_fabrics, save_photo
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.wif import fabric_from_wif, weave_to_wif

SMALLEST_PX, LARGEST_PX = 384, 2048
REPEATS_SEEN = 2.0


def picture_px(repeat_mm: tuple[float, float], px_per_cm: float) -> int:
    """Side of a picture that shows two repeats, between 384 and 2,048 px."""
    wanted = REPEATS_SEEN * max(repeat_mm) / 10 * px_per_cm
    return int(np.clip(np.ceil(wanted), SMALLEST_PX, LARGEST_PX))


def write_draft_picture(wif: Path, out: Path, px_per_cm: float, seed: int = 0) -> str:
    """Render the cloth of a WIF file to a PNG that carries its scale.

    Args:
        wif: the draft.
        out: the picture; its name ends in .png.
        px_per_cm: scale, 2 to 2,000.
        seed: chooses the place on the cloth and the light.

    Returns:
        a sentence that says what was woven.

    Raises:
        FabricFinderError: no draft, or no such picture can be written.
    """
    if out.suffix.lower() != ".png":
        raise FabricFinderError(f"The picture of a draft is a PNG; name it {out.stem}.png.")
    fabric = fabric_from_wif(wif)
    px = picture_px(fabric.repeat_mm, px_per_cm)
    photo = Photo(render(fabric, px, px_per_cm, seed), px_per_cm)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_photo(out.with_suffix(".png"), photo)
    except OSError as error:
        raise FabricFinderError(
            f"The picture cannot be written to {out} ({error.strerror or error})."
        ) from error
    return (
        f"{fabric.weave.name}, {fabric.ends_per_cm:.1f} × {fabric.picks_per_cm:.1f} per cm, "
        f"{px} × {px} px, written to {out.with_suffix('.png')}."
    )


def write_drafts(out_dir: Path, n_fabrics: int, seed: int) -> int:
    """Write the WIF of every cloth that ``dataset.write_dataset`` draws of the same seed.

    Files go to ``drafts/`` by the fabric's id; cloth that is not woven has none.

    Returns:
        how many were written.

    Raises:
        OSError: the folder cannot be made.
        FabricFinderError: a file cannot be written.
    """
    folder = out_dir / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    woven = [
        f for f in dataset_fabrics(n_fabrics, seed)
        if f.knit is None and not (f.pile is not None and f.pile.nonwoven)
    ]  # fmt: skip
    for fabric in woven:
        weave_to_wif(fabric, folder / f"{fabric.id}.wif")
    return len(woven)
