"""Pile drawn: corduroy, velvet, terry, and the fibre mats of felt and bonded webs.

The face comes from ``surfaces``; how pile shines by the way it lies follows Kajiya and Kay,
*Rendering fur with three dimensional textures* (1989), eq. 13 to 16, with one lamp.
"""

import cv2
import numpy as np

from fabricfinder.synthesis.fabric import Fabric, Plan
from fabricfinder.synthesis.light import Light, to_linear
from fabricfinder.synthesis.pile import Pile
from fabricfinder.synthesis.prints import ink_map
from fabricfinder.synthesis.surfaces import (
    FACE_PX,
    LOOPS,
    MAT_MM,
    WALES,
    cloth_noise,
    cord_face,
    laid,
    loop_face,
    mat_face,
    tuft_face,
)
from fabricfinder.synthesis.window import Window

# Height over width of the loops' lattice, as drawn.
LOOP_ASPECTS = (0.9, 1.35, 2.0)


def draw(
    fabric: Fabric, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """Draw a window of a cloth with ``pile``.

    Args:
        fabric: the recipe.
        window: the square of cloth.
        light: the lamp, or None for albedo alone.
        ink: linear print colours (px, px, 3), or None.

    Returns:
        linear light, float32 (px, px, 3).
    """
    pile = fabric.pile
    assert pile is not None
    raised = _raised(fabric, window)
    face = _face(fabric, pile, window)
    dx, dy, reach, tone = (np.ascontiguousarray(face[..., k]) for k in range(4))
    if raised is not None and pile.kind == "terry":
        _sculpt(pile, window, raised, dx, dy, reach)
    colour = pile_colours(fabric, window) if ink is None else _sunk_in(ink, pile, window)
    if raised is not None and ink is None and len(fabric.colours) > 1:
        pair = to_linear(np.array(fabric.colours[:2]))
        colour = pair[0] + (pair[1] - pair[0]) * raised[..., None]
    colour = colour * _fibre_tone(fabric, pile, window, tone)[..., None]
    if light is None:
        return colour * (reach / max(float(reach.mean()), 1e-3))[..., None]
    return _lit(fabric, pile, window, light, colour, (dx, dy, reach, raised))


def _sculpt(
    pile: Pile,
    window: Window,
    raised: np.ndarray,
    dx: np.ndarray,
    dy: np.ndarray,
    reach: np.ndarray,
) -> None:
    """Lower the bare ground between the figures, in place: flat, and in the figures' shadow."""
    scale = window.px_per_cm / 10
    flat = 1 - raised
    dx *= 1 - np.float32(0.85) * flat
    dy *= 1 - np.float32(0.85) * flat
    bank = cv2.GaussianBlur(raised, (0, 0), max(0.6, 0.35 * scale))
    bank *= np.float32(0.5 * pile.height_mm)
    dx += cv2.Sobel(bank, cv2.CV_32F, 1, 0, scale=0.125 * scale)
    dy += cv2.Sobel(bank, cv2.CV_32F, 0, 1, scale=0.125 * scale)
    near = cv2.GaussianBlur(raised, (0, 0), max(0.6, 1.2 * scale))
    reach *= 1 - flat * (np.float32(0.24) + np.float32(0.35) * near)


def _face(fabric: Fabric, pile: Pile, window: Window) -> np.ndarray:
    """Slopes, reach of light and tone over the window, float32 (px, px, 4)."""
    variant, salt = pile.variant, fabric.seed % 97
    if pile.kind == "corduroy":
        wale = pile.wale_ends * 10 / fabric.ends_per_cm
        aside = np.float32(0.07 * wale) * cloth_noise(window, (5 * wale, 16 * wale), salt)
        tile = cord_face(
            round(pile.cord_share, 3), round(pile.height_mm / wale, 3),
            round(pile.tuft_mm / wale, 3), variant,
        )  # fmt: skip
        return laid(tile, (WALES * wale, WALES * wale), window, (aside, np.zeros_like(aside)))
    if pile.kind == "terry":
        across, along = loop_steps_mm(fabric)
        aside, down = (
            np.float32(0.3 * step) * cloth_noise(window, (7 * across, 7 * along), k + salt)
            for k, step in ((1, across), (2, along))
        )
        # Drawing loops takes a while: three shapes of lattice serve all setts, a little stretched.
        aspect = min(LOOP_ASPECTS, key=lambda a: abs(np.log(a * across / along)))
        tile = loop_face(aspect, variant % 3)
        return laid(tile, (LOOPS * across, LOOPS * along), window, (aside, down))
    if pile.kind == "velvet":
        side = FACE_PX / 10 * pile.tuft_mm
        return laid(tuft_face(variant), (side, side), window)
    aside, down = (
        np.float32(1.2) * cloth_noise(window, (9, 9), k + salt) for k in (3, 4)
    )
    bonded = pile.kind == "web"
    size = MAT_MM * (0.8 if bonded else 1.0) * pile.tuft_mm / 0.3
    return laid(mat_face(bonded, variant % 3), (size, size), window, (aside, down))


def loop_steps_mm(fabric: Fabric) -> tuple[float, float]:
    """Distance between terry loops across and along the cloth, mm.

    Every other end carries loops, and a row of loops takes three picks (three-pick terry).
    """
    return 20 / fabric.ends_per_cm, 30 / fabric.picks_per_cm


def thread_line(
    plan: Plan, colours: np.ndarray, start_cm: float, per_cm: float, window: Window
) -> np.ndarray:
    """Colour of a plan along one side of the window, averaged over each pixel: (px, 3)."""
    fine = 8
    place = start_cm + (np.arange(window.px * fine) + 0.5) / (window.px_per_cm * fine)
    order = np.asarray(plan.threads)
    line = colours[order[np.floor(place * per_cm).astype(np.int64) % len(order)]]
    return line.reshape(window.px, fine, 3).mean(1).astype(np.float32)


def pile_colours(fabric: Fabric, window: Window) -> np.ndarray:
    """Dyed colour of the pile by the plans, linear float32 (px, px, 3)."""
    colours = to_linear(np.array(fabric.colours))
    shape = (window.px, window.px, 3)
    if fabric.warp.repeat == 1 and fabric.weft.repeat == 1:
        mixed = colours[fabric.warp.threads[0]] * 0.5 + colours[fabric.weft.threads[0]] * 0.5
        return np.broadcast_to(mixed.astype(np.float32), shape)
    warp = thread_line(fabric.warp, colours, window.x_cm, fabric.ends_per_cm, window)
    weft = thread_line(fabric.weft, colours, window.y_cm, fabric.picks_per_cm, window)
    # The system that is striped carries the pile; in a check both do.
    share = {True: 0.5, False: 1.0}[fabric.weft.repeat > 1] if fabric.warp.repeat > 1 else 0.0
    return np.float32(share) * warp[None] + np.float32(1 - share) * weft[:, None]


def _sunk_in(ink: np.ndarray, pile: Pile, window: Window) -> np.ndarray:
    """A print on pile: its outlines run a tuft's width."""
    sigma = pile.tuft_mm * window.px_per_cm / 10 * 0.6
    return cv2.GaussianBlur(ink, (0, 0), sigma) if sigma > 0.3 else ink


def _raised(fabric: Fabric, window: Window) -> np.ndarray | None:
    """Where the figure stands (1) and its ground lies (0), float32 (px, px), or None."""
    if fabric.figure is None:
        return None
    drawn = ink_map(fabric.figure)
    mask = drawn > 0 if drawn.dtype == np.uint8 else drawn > 0.5
    return laid(mask.astype(np.float32), fabric.figure.repeat_mm, window)


def _fibre_tone(fabric: Fabric, pile: Pile, window: Window, tone: np.ndarray) -> np.ndarray:
    """Relative brightness of the fibres, mean about 1: grain, mélange, slow unevenness."""
    salt = fabric.seed % 83
    melange = max(fabric.warp_yarn.melange, fabric.weft_yarn.melange)
    if pile.nonwoven:
        tone = 1 + (tone - 1) * np.float32(0.35 + 1.5 * melange)
    elif melange > 0:
        streak = (0.9, 0.5) if pile.kind == "terry" else (0.35, 1.6)
        fibre = np.tanh(cloth_noise(window, streak, salt + 11))
        tone = tone * (1 + np.float32(0.38 * melange) * fibre)
    grain = cloth_noise(window, (0.12, 0.12), salt + 12, 0.8)
    slow = cloth_noise(window, (30, 30), salt + 13)
    tone = tone * (1 + np.float32(0.045) * grain + np.float32(0.012) * slow)
    return np.maximum(tone, 0.15)


def _lie(
    fabric: Fabric, pile: Pile, window: Window, raised: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """How the pile lies at each pixel: sideways lean over upright height, right and down."""
    salt = fabric.seed % 71
    mm = pile.crush_mm
    # Pressing turns the pile about; it lies flatter where it was pressed, too.
    aside = np.float32(0.5 * mm) * cloth_noise(window, (1.6 * mm, 1.6 * mm), salt + 19)
    turned = cloth_noise(window, (mm, 1.7 * mm), salt + 20, shift_mm=aside)
    finer = (0.35 * mm, 0.6 * mm)
    turned += np.float32(0.45) * cloth_noise(window, finer, salt + 21, shift_mm=aside)
    flat = cloth_noise(window, (0.8 * mm, 1.2 * mm), salt + 22, shift_mm=aside)
    angle = np.float32(pile.lean) + np.float32(2.2 * pile.crush) * turned
    strength = np.float32(pile.lean_strength) * (1 + np.float32(0.15) * turned)
    strength = strength + np.float32(0.9 * pile.crush) * np.abs(flat)
    if raised is not None and pile.kind == "velvet":
        # Embossed pile is pressed the other way.
        strength = strength * (1 - np.float32(1.9) * raised)
    lean_x, lean_y = strength * np.cos(angle), strength * -np.sin(angle)
    for lean, k in ((lean_x, 23), (lean_y, 24)):
        lean += np.float32(0.05) * cloth_noise(window, (2.0, 2.0), salt + k)
        lean += np.float32(0.05 + 0.12 * pile.sheen) * cloth_noise(window, (45, 60), salt + k + 3)
    return lean_x, lean_y


def _lit(
    fabric: Fabric,
    pile: Pile,
    window: Window,
    light: Light,
    colour: np.ndarray,
    shape: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None],
) -> np.ndarray:
    """Light the face: Lambert on its slopes, shadow in its depths, sheen by its lie."""
    dx, dy, reach, raised = shape
    lx, ly, lz = light.direction
    inverse = 1 / np.sqrt(1 + dx * dx + dy * dy)
    # Pile lets light through its flanks: softer than a solid (wrapped Lambert).
    lambert = np.maximum((np.float32(lz) - dx * lx - dy * ly) * inverse + 0.25, 0) / 1.25
    ambient = np.float32(light.ambient)
    diffuse = ambient * reach + (1 - ambient) / max(lz, 0.3) * lambert * (0.45 + 0.55 * reach)
    if pile.kind in ("velvet", "corduroy"):
        diffuse *= _sheen(light, *_lie(fabric, pile, window, raised), pile.sheen)
        # Fibres seen from the side catch light at the edge of every cord.
        diffuse += np.float32(0.10 * pile.sheen) * (1 - inverse) * reach
    diffuse *= np.float32(1 / max(float(diffuse.mean()), 1e-3))
    np.minimum(diffuse, 2.6, out=diffuse)
    gloss = np.maximum(diffuse - 1.15, 0) * np.float32(0.10 * pile.sheen)
    return colour * diffuse[..., None] + gloss[..., None]


def _sheen(light: Light, lean_x: np.ndarray, lean_y: np.ndarray, sheen: float) -> np.ndarray:
    """Brightness of pile by its lie, float32 (px, px): Kajiya-Kay diffuse and specular."""
    upright = 1 / np.sqrt(1 + lean_x * lean_x + lean_y * lean_y)
    lx, ly, lz = light.direction
    to_lamp = np.clip((lean_x * lx + lean_y * ly + lz) * upright, -1, 1)
    sine_lamp = np.sqrt(1 - to_lamp * to_lamp)
    sine_eye = np.sqrt(np.maximum(1 - upright * upright, 0))
    # One looks down into standing pile and sees the shadow between its fibres.
    seen = 0.42 + 0.58 * sine_eye
    shine = np.maximum(to_lamp * -upright + sine_lamp * sine_eye, 0)
    shine = shine * shine
    return (0.35 + 0.65 * sine_lamp) * seen + np.float32(0.9 * sheen) * shine * sine_eye
