"""How fast models look at cloth here: every one at the same pictures, the first look not counted."""

import time

from fabricfinder.domain.encoder import VIEW_PX
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring.speed import measure_speed


def test_each_model_looks_at_the_same_cloth(fake_encoder) -> None:
    seen: dict[str, list] = {"quick": [], "slow": []}

    class Watching(type(fake_encoder)):
        def __init__(self, name: str, wait_s: float) -> None:
            super().__init__()
            self.name, self.wait_s = name, wait_s

        def encode(self, views):
            seen[self.name].append(views[0])
            time.sleep(self.wait_s if len(seen[self.name]) > 1 else 1.0)  # waking takes long
            return super().encode(views)

    progress = []
    loaders = {"quick": lambda: Watching("quick", 0.0), "slow": lambda: Watching("slow", 0.05)}
    seconds = run_to_end(measure_speed(loaders, pictures=3), progress.append)
    assert list(seconds) == ["quick", "slow"]
    assert 0 < seconds["quick"] < seconds["slow"] and seconds["slow"] >= 0.05
    assert [len(views) for views in seen.values()] == [4, 4]
    assert seen["quick"][1:] == seen["slow"][1:]
    assert seen["quick"][0].macro.shape == (VIEW_PX, VIEW_PX, 3) and seen["quick"][0].scale_known
    assert (progress[-1].done, progress[-1].total) == (6, 6)
    assert [p.done for p in progress if p.phase == "Measuring the speed"] == [0, 1, 2, 3, 3, 4, 5, 6]


def test_it_can_be_stopped_before_anything_is_loaded() -> None:
    def never() -> None:
        raise AssertionError("loaded")

    operation = measure_speed({"a": never}, pictures=2)
    next(operation)
    operation.close()
