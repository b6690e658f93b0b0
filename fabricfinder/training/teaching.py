"""A lesson: the shipped encoder goes on learning from one designer's own cloth, and is judged.

Two captures of one swatch, or two pictures of one article, belong together (InfoNCE); swatches with
equal labels belong together too; what nobody has labelled keeps the shipped encoder's averaged
belief as its target, so that a lesson in pattern does not unteach weave. Rendered cloth with exact
labels is mixed in for the same reason. A quarter of the articles is held back: it chooses the
state that is kept, and whether any is.
"""

import copy
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.domain.encoder import CodeLayout
from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.lesson import CHECKPOINT_NAME, GRAPH_NAME, LESSON_NAME, Lesson, Marks
from fabricfinder.domain.progress import Progress
from fabricfinder.evaluation.calibration import conformal_threshold, fit_temperature, softmax
from fabricfinder.hashing.base import Batch, HashingMethod
from fabricfinder.hashing.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.familiarity import fit_familiarity
from fabricfinder.hashing.listwise import recapture_loss
from fabricfinder.training.batches import batch_stream, choose_rows
from fabricfinder.training.cloth import PARTS, SMALL, Believed, ClothSet, Stack, draw_family
from fabricfinder.training.finish import blend_curves, least_blend
from fabricfinder.training.held_back import believe, judge, see_plain
from fabricfinder.training.loop import Schedule, follow, has_fast_bfloat16, look, optimizer_for
from fabricfinder.training.originals import Original, OwnCloth, hold_back, read_originals

Steps = Generator[Progress, None, Any]
LEAST_SWATCHES = 24
LEAST_TO_CALIBRATE = 50
PATIENCE = 5
FELLOW_SHARE = 0.5
REPLAY_SHARE = 0.2
REPLAY_SEED = 2011
CHOOSING_SEED, JUDGING_SEED = 501, 977


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how a lesson is taught.

    Attributes:
        steps: optimiser steps; 0 = as many as the library needs.
        with_labels: whether a person's labels are used to teach.
        fabrics: swatches in a batch, each captured twice.
        learning_rate: peak of the cosine.
        replay: rendered fabrics mixed in.
        seed: of batches and camera.
        checks: how often the held-back part is looked at on the way.
        weight_kept: of the beliefs nobody has labelled; weight_fellows: of equal labels.
    """

    steps: int = 0
    with_labels: bool = True
    fabrics: int = 24
    learning_rate: float = 3e-4
    replay: int = 120
    seed: int = 1
    checks: int = 10
    weight_kept: float = 1.0
    weight_fellows: float = 0.3

    def steps_for(self, n: int) -> int:
        """Steps for n swatches to learn from: about twenty-four looks at each, 160 to 800 steps."""
        return self.steps or int(np.clip(24 * n / self.fabrics, 160, 800))


class _State(NamedTuple):
    """A state of the lesson that was found not worse than its beginning."""

    marks: Marks
    weights: dict[str, Tensor]


def teach(originals: Sequence[Original], start: Path, work: Path, plan: Plan) -> Steps:
    """Teach the encoder of a checkpoint from a library's pictures; returns a Lesson.

    Where the held-back part is found better and nothing in it worse, ``work`` then holds the
    checkpoint, the graph and the lesson under the names of ``domain.lesson``; else nothing new.

    Args:
        originals: the pictures; start: a checkpoint; work: an empty folder on a disk with
            room for ``BYTES_A_PICTURE`` of each.

    Raises:
        FabricFinderError: too few swatches, or none can be read.
        EncoderError: the checkpoint cannot be used.
    """
    began = time.monotonic()
    if len(originals) < LEAST_SWATCHES:
        raise FabricFinderError(
            f"There are too few swatches to learn from: {len(originals)} here, at least "
            f"{LEAST_SWATCHES} are needed."
        )
    base = load_checkpoint(start)
    if not plan.with_labels:
        originals = [Original(o.path, o.px_per_cm, o.cloth, o.article) for o in originals]
    own: OwnCloth = yield from read_originals(originals, work)
    rows, held = hold_back(own)
    if len(own) < LEAST_SWATCHES or not len(rows) or len(held) < 2:
        raise FabricFinderError(
            "There are too few different swatches to learn from: a quarter of the articles is held "
            f"back to judge by, and only {len(own) - own.unread} pictures could be used."
        )
    yield Progress("Seeing how well it finds now", 0, None, "")
    before = judge(base.model, base.card, own, held, JUDGING_SEED)
    replay: ClothSet | None = None
    if plan.replay:
        replay = yield from draw_replay(plan.replay)
    state = yield from _learn(base, own, rows, held, replay, plan)
    labels = sum(int(own.cloth.coarse[r] >= 0 or own.cloth.fine[r] >= 0
                     or np.isfinite(own.cloth.tightness[r])) for r in rows)  # fmt: skip
    lesson = Lesson(False, len(rows), len(held), labels, own.unread, before, before, 0.0,
                    base.card.id)  # fmt: skip
    if state is not None:
        model = copy.deepcopy(base.model)
        model.load_state_dict(state.weights)
        yield Progress("Seeing how well it finds now", 0, None, "")
        card = calibrated(model, base.card, own, held, labels > 0)
        after = judge(model.eval(), card, own, held, JUDGING_SEED)
        lesson = replace(lesson, after=after, kept=after.better_than(before))
    lesson = replace(lesson, minutes=round((time.monotonic() - began) / 60, 2))
    if lesson.kept:
        yield Progress("Keeping what was learned", 0, None, "")
        lesson = _write(model, card, lesson, base, own, rows, held, replay, plan, work)
    return lesson


def draw_replay(n: int) -> Steps:
    """Draw n rendered fabrics and their siblings in memory; returns a ClothSet of n."""
    drawn: list = []
    number = 0
    while len(drawn) < n:
        part = PARTS[number % len(PARTS)]
        minor = part.minors[number // len(PARTS) % len(part.minors)]
        drawn += draw_family((REPLAY_SEED, number), minor, part.construction, part.variety)
        number += 1
        yield Progress("Drawing cloth to remember by", min(n, len(drawn)), n, "fabrics")
    labels, macro, micro = zip(*drawn[:n], strict=True)
    columns = {name: np.array([row[name] for row in labels]) for name in SMALL}
    for name in ("macro_px_per_cm", "tightness", "density", "palettes"):
        columns[name] = columns[name].astype(np.float32)
    return ClothSet(Stack([np.stack(macro)]), Stack([np.stack(micro)]), **columns)


def joined(cloth: ClothSet, replay: ClothSet | None, believed: Believed) -> ClothSet:
    """A library's cloth and then the rendered, as one set; nothing is believed of the latter."""
    if replay is None:
        return replace(cloth, believed=believed)
    more = len(replay)
    assert cloth.micro_px_per_cm is not None and cloth.fabric is not None
    columns = {
        name: np.concatenate([getattr(cloth, name), getattr(replay, name)])
        for name in SMALL if name != "family"
    }  # fmt: skip
    beliefs = (np.concatenate([b, np.full((more, b.shape[1]), np.nan, np.float32)])
               for b in believed)  # fmt: skip
    return ClothSet(
        cloth.macro.followed_by(replay.macro), cloth.micro.followed_by(replay.micro), **columns,
        family=np.concatenate([cloth.family, replay.family + cloth.family.max() + 1]),
        micro_px_per_cm=np.concatenate(
            [cloth.micro_px_per_cm, np.full(more, 160.0, np.float32)]
        ),
        fabric=np.concatenate([cloth.fabric, np.arange(more) + cloth.fabric.max() + 1]),
        believed=Believed(*beliefs),
    )  # fmt: skip


def choose_fellows(
    cloth: ClothSet, rows: np.ndarray, n_fabrics: int, rng: np.random.Generator
) -> np.ndarray:
    """Rows of a batch: a share of rendered cloth, and beside many a labelled swatch its like.

    Args:
        rows: of the library's own cloth; what lies behind the last own row is rendered.
    """
    assert cloth.believed is not None
    rendered = np.flatnonzero(np.isnan(cloth.believed.coarse[:, 0]))
    n_rendered = min(len(rendered), round(REPLAY_SHARE * n_fabrics))
    n_own = min(len(rows), n_fabrics - n_rendered)
    chosen = [int(r) for r in choose_rows(cloth, rows, max(1, round(n_own * 0.6)), rng)]
    for row in tuple(chosen):
        if len(chosen) >= n_own:
            break
        labels = cloth.coarse if cloth.coarse[row] >= 0 else cloth.fine
        like = rows[(labels[rows] == labels[row]) & (labels[rows] >= 0)]
        like = like[~np.isin(like, chosen)]
        if len(like) and rng.random() < FELLOW_SHARE / 0.6:
            chosen.append(int(rng.choice(like)))
    rest = rows[~np.isin(rows, chosen)]
    chosen += [int(r) for r in rng.permutation(rest)[: n_own - len(chosen)]]
    return np.array([*chosen, *rng.permutation(rendered)[:n_rendered]], np.int64)


def _learn(
    base: Checkpoint, own: OwnCloth, rows: np.ndarray, held: np.ndarray,
    replay: ClothSet | None, plan: Plan,
) -> Steps:  # fmt: skip
    """Teach until the steps are over or nothing gets better; returns the best _State or None."""
    torch.manual_seed(plan.seed)
    believed = believe(base.model, base.card, own, rows, plan.seed)
    cloth = joined(own.cloth, replay, believed)
    steps = plan.steps_for(len(rows))
    schedule = Schedule(steps=steps, fabrics=plan.fabrics, learning_rate=plan.learning_rate,
                        warmup=min(20, steps // 5), ema=0.98, seed=plan.seed)  # fmt: skip
    before = judge(base.model, base.card, own, held, CHOOSING_SEED)
    model = copy.deepcopy(base.model).to(memory_format=torch.channels_last)
    average, optimizer = copy.deepcopy(model).eval(), optimizer_for(model, schedule)
    stream = batch_stream(cloth, rows, plan.fabrics, plan.seed, 0, lambda _: 128, choose_fellows)
    best: _State | None = None
    every, since = max(1, steps // plan.checks), 0
    try:
        for step in range(steps):
            _one_step(model, next(stream), believed_of(cloth), optimizer, schedule.rate_at(step),
                      base.card, plan)  # fmt: skip
            follow(average, model, min(schedule.ema, (1 + step) / (10 + step)))
            yield Progress("Learning your cloth", step + 1, steps, "steps")
            if (step + 1) % every and step + 1 < steps:
                continue
            marks = judge(average, base.card, own, held, CHOOSING_SEED)
            since += 1
            better = best is None or marks.score() > best.marks.score()
            if marks.not_worse_than(before) and better:
                best, since = _State(marks, copy.deepcopy(average.state_dict())), 0
            yield Progress("Learning your cloth", step + 1, steps, "steps", partial=marks)
            if since >= PATIENCE:
                break
    finally:
        stream.close()
    return best


def believed_of(cloth: ClothSet) -> Believed:
    """The beliefs of a joined set."""
    assert cloth.believed is not None
    return cloth.believed


def _one_step(
    model: HashingMethod, batch: Batch, believed: Believed, optimizer: torch.optim.Optimizer,
    rate: float, card: EncoderCard, plan: Plan,
) -> None:  # fmt: skip
    """One optimiser step; batch statistics stay as they are."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    model.train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.eval()  # of a few dozen captures they would only be noise
    terms = lesson_terms(model, batch, believed, card, plan)
    total = torch.stack([term.float() for term in terms.values()]).sum()
    optimizer.zero_grad(set_to_none=True)
    total.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()


def lesson_terms(
    model: HashingMethod, batch: Batch, believed: Believed, card: EncoderCard, plan: Plan
) -> dict[str, Tensor]:
    """The weighted terms of a lesson by name: the method's own, ``kept`` and ``fellows``."""
    with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16()):
        output = model(batch.views)
    terms = dict(model.terms(output, batch))
    terms["kept"] = plan.weight_kept * kept_loss(output, batch, believed, card)
    if plan.with_labels:
        fellows = fellows_loss(output.u, batch, card.code_layout)
        terms["fellows"] = plan.weight_fellows * fellows
    return terms


def kept_loss(output: Any, batch: Batch, believed: Believed, card: EncoderCard) -> Tensor:
    """Cross entropy with what was believed of cloth that nobody has labelled; scalar ≥ 0.

    Each head only where its own label is unknown; the tightness head's Huber loss in percent/100.
    """
    rows = batch.row
    assert rows is not None
    total = output.u.new_zeros(())
    heads = (
        (output.coarse_logits / card.coarse_temperature, believed.coarse, batch.coarse),
        (output.fine_logits / card.fine_temperature, believed.fine, batch.fine),
    )
    for logits, beliefs, labels in heads:
        target = torch.from_numpy(beliefs)[rows].float()
        known = (labels < 0) & torch.isfinite(target).all(1)
        if known.any():
            total = total + functional.cross_entropy(logits[known].float(), target[known])
    target = torch.from_numpy(believed.tightness)[rows].float()
    known = ~torch.isfinite(batch.tightness) & torch.isfinite(target).all(1)
    if known.any():
        total = total + functional.smooth_l1_loss(
            output.tightness[known, 0].float(), target[known, 0] / 100, beta=0.05
        )
    return total


def fellows_loss(u: Tensor, batch: Batch, layout: CodeLayout = ()) -> Tensor:
    """InfoNCE with equal labels as the same fabric, of patterns and of weaves; scalar ≥ 0.

    Where the code is made of sub-codes, only that of the label's own dimension is asked to agree.
    """
    spans = {name: slice(start, stop) for name, start, stop in layout}
    total = u.new_zeros(())
    for name, labels in (("coarse", batch.coarse), ("fine", batch.fine)):
        known = labels >= 0
        if len(torch.unique(labels[known])) > 1:
            part = u[:, spans.get(name, slice(None))]
            total = total + recapture_loss(part[known], labels[known])
    return total


def calibrated(
    model: HashingMethod, card: EncoderCard, own: OwnCloth, held: np.ndarray, with_labels: bool
) -> EncoderCard:
    """The card of a taught model: blend by the held-back part, temperatures where labels allow."""
    seen = look(model, own.cloth, held, CHOOSING_SEED + 1, palettes=True)
    plain = see_plain(model, own, held)
    for head in ("coarse", "fine"):
        known = plain[head] >= 0
        if with_labels and np.count_nonzero(known) >= LEAST_TO_CALIBRATE:
            logits, labels = plain[f"{head}_logits"][known], plain[head][known]
            temperature = fit_temperature(logits, labels)
            least = conformal_threshold(softmax(logits, temperature), labels)
            card = replace(
                card, **{f"{head}_temperature": temperature, f"conformal_{head}": least}
            )
    recall, precision = blend_curves(card, seen)
    blend = (least_blend(recall), *card.blend[1:])
    if with_labels and np.count_nonzero(plain["coarse"] >= 0) >= LEAST_TO_CALIBRATE:
        blend = (blend[0], least_blend(precision), *blend[2:])
    return replace(card, blend=blend)


def _write(
    model: HashingMethod, card: EncoderCard, lesson: Lesson, base: Checkpoint, own: OwnCloth,
    rows: np.ndarray, held: np.ndarray, replay: ClothSet | None, plan: Plan, work: Path,
) -> Lesson:  # fmt: skip
    """Write checkpoint, graph and lesson to ``work``; returns the lesson with the new id."""
    learned = [see_plain(model, own, rows)["r"], look(model, own.cloth, rows, plan.seed)["r"]]
    taken = look(model, own.cloth, held, JUDGING_SEED + 1)
    features, relaxed = [taken["r"]], [taken["u"]]
    if replay is not None:
        drawn = look(model, replay, np.arange(len(replay)), plan.seed)
        learned.append(drawn["r"][0::2])
        features.append(drawn["r"][1::2])
        relaxed.append(drawn["u"][1::2])
    familiarity = fit_familiarity(
        torch.from_numpy(np.concatenate(learned)), torch.from_numpy(np.concatenate(features)),
        relaxed=torch.from_numpy(np.concatenate(relaxed)),
    )  # fmt: skip
    figures = {
        "taught_swatches": float(lesson.swatches), "taught_labels": float(lesson.labels),
        "held_back": float(lesson.held_back), "recaptured_before": lesson.before.recaptured,
        "recaptured": lesson.after.recaptured,
    }  # fmt: skip
    if np.isfinite(lesson.after.label_map):
        figures["label_map_before"] = lesson.before.label_map
        figures["label_map"] = lesson.after.label_map
    card = replace(card, id="", figures=figures, minutes=lesson.minutes, seed=plan.seed,
                   command=f"fabricfinder teach, from {base.card.id}")  # fmt: skip
    card = save_checkpoint(model, card, work / CHECKPOINT_NAME, familiarity)
    export_onnx(load_checkpoint(work / CHECKPOINT_NAME), work / GRAPH_NAME)
    lesson = replace(lesson, taught=card.id)
    (work / LESSON_NAME).write_text(lesson.to_json(), "utf-8")
    return lesson
