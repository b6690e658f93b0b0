"""The arms of the systems' grid: five papers, their ablations, and what each paper claims of them.

Every arm stands on the same frozen features, so an ablation of a base network (attention, a
generator's patches) cannot show here; those are trained end to end.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fabricfinder.hashing.base import BackboneConfig, HashingMethod
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.dah import DAH, DAHConfig
from fabricfinder.hashing.dshc import DSHC, DSHCConfig
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.hashing.mdffsh import MDFFSH, MDFFSHConfig
from fabricfinder.hashing.tsn import TSN, TSNConfig
from fabricfinder.training.batches import choose_by_class, choose_rows

BITS = (32, 64, 128)
OURS = "+ re-capture (ours)"
SYSTEMS = ("DVSH", "MDFF-SH", "DSHC", "DAH", "TSN")
SILENT = Beyond(coarse=0, fine=0, tightness=0, frequency=0)
RECAPTURING = replace(SILENT, recapture=1.0)


@dataclass(frozen=True, slots=True)
class SystemArm:
    """One line of the grid.

    Attributes:
        system, form: whose, and which of its forms or ablations.
        bits: length of the code.
        build: backbone of the frozen network -> a fresh method.
        claim: what the paper claims of this form.
        choose: which fabrics meet in a batch.
    """

    system: str
    form: str
    bits: int
    build: Callable[[BackboneConfig], HashingMethod]
    claim: str = ""
    choose: Callable[..., np.ndarray] = choose_rows

    @property
    def name(self) -> str:
        """The line's name, as it is kept."""
        return f"{self.system} {self.form}, {self.bits} bits"


def system_arms(bits: int) -> list[SystemArm]:
    """All lines of one length of code, system by system."""
    makers = (_dvsh, _mdffsh, _dshc, _dah, _tsn)
    return [arm for make in makers for arm in make(bits)]


def _dvsh(bits: int) -> list[SystemArm]:
    claims = {
        "DVSH": "WFID mAP .825 .853 .876 .879, NDCG@50 .743 .785 .806 .800 at 32 64 128 256",
        "DVSH1a": "WFID mAP .803 .825 .847 .852, NDCG@50 .723 .743 .771 .767",
        "DVSH1b": "WFID mAP .814 .832 .854 .863, NDCG@50 .733 .757 .786 .777",
        "DVSH2a": "WFID mAP .792 .799 .811 .824, NDCG@50 .713 .735 .730 .750",
    }

    def arm(line: str, claim: str, **changes: object) -> SystemArm:
        config = DVSHConfig(n_bits=bits, **changes)
        return SystemArm("DVSH", line, bits, lambda b: DVSH(replace(config, backbone=b)), claim)

    return [
        *(arm(name, claim, ablation=name) for name, claim in claims.items()),
        arm("literal", "", form="literal"),
        arm(OURS, "", list_per_item=True, lambda_kld=3e-5, weight_recapture=1.0),
    ]


def _mdffsh(bits: int) -> list[SystemArm]:
    def arm(line: str, claim: str = "", **changes: object) -> SystemArm:
        config = MDFFSHConfig(**{"n_bits": bits, "beyond": SILENT} | changes)
        return SystemArm(
            "MDFF-SH", line, bits, lambda b: MDFFSH(replace(config, backbone=b)), claim
        )

    return [
        arm("whole", "CIFAR-10 MAP .811 .854 .874 .880 at 12 24 32 48"),
        arm("fc1 only", "CIFAR-10 MAP .710 .761 .775 .788", scales="fc1"),
        arm("convs 3-5 only", "CIFAR-10 MAP .580 .595 .639 .688", scales="convs"),
        arm("without J2", "CIFAR-10 MAP .656 .742 .785 .796", beta=0.0),
        arm("without J3", "CIFAR-10 MAP .667 .812 .830 .852", gamma=0.0),
        arm(OURS, beyond=RECAPTURING),
    ]


def _dshc(bits: int) -> list[SystemArm]:
    def arm(line: str, claim: str = "", **changes: object) -> SystemArm:
        config = DSHCConfig(**{"n_bits": bits, "beyond": SILENT} | changes)
        return SystemArm("DSHC", line, bits, lambda b: DSHC(replace(config, backbone=b)), claim)

    lines = [
        arm("KBC, marginal", "CIFAR-10 MAP .943 at 30, .944 at 60 (CPBC)"),
        arm("KBC, literal", "CIFAR-10 MAP@5000 .898 at 10 (KBC), .524 (CPBC)", form="literal"),
        arm("CPBC of majors", classes="major", construction="cpbc", bits_a_class=bits // 4),
        arm("KBC, top 3", top_k=3),
        arm(OURS, beyond=RECAPTURING),
    ]
    if bits == 128:
        lines.append(arm("multi-label", "NUS-WIDE MAP@50000 .844 at 21", mode="multi"))
    return lines


def _dah(bits: int) -> list[SystemArm]:
    def arm(line: str, claim: str = "", **changes: object) -> SystemArm:
        config = DAHConfig(**{"n_bits": bits, "beyond": SILENT} | changes)

        def build(backbone: BackboneConfig) -> DAH:
            return DAH(replace(config, features=backbone.features))

        return SystemArm("DAH", line, bits, build, claim, choose_by_class)

    return [
        arm("whole", "CIFAR-10 MAP .925 .922 .927 .923 at 12 24 36 48; NoneA .921 .921 .924 .919"),
        arm("without W1", phi_1=0.0),
        arm("without W2", phi_2=0.0),
        arm("balanced per bit (ours)", balance="per_bit"),
        arm("graded S (ours)", pairs="graded"),
        arm(OURS, beyond=RECAPTURING),
    ]


def _tsn(bits: int) -> list[SystemArm]:
    def arm(line: str, claim: str = "", **changes: object) -> SystemArm:
        config = TSNConfig(**{"n_bits": bits, "beyond": SILENT} | changes)
        return SystemArm(
            "TSN", line, bits, lambda b: TSN.for_features(config, b.features), claim
        )

    return [
        arm("DSDH", "MAP@500 STex .60-.655, VisTex .731-.762, ALOT .711-.741 at 32-256"),
        arm("DPSH", hashing="dpsh"),
        arm("DHCQ", hashing="dhcq"),
        arm(OURS, beyond=RECAPTURING),
    ]


REASONS = {
    "DVSH": "Private photographs of wool, relevance undefined; ours are unseen rendered fabrics.",
    "MDFF-SH": "Ten classes of CIFAR-10, VGG-19 from ImageNet; here 60 minors and no ImageNet.",
    "DSHC": "Ten classes whose training set is the database; unseen fabrics share no sub-class.",
    "DAH": "As DSHC: ten classes, and what is asked is of them.",
    "TSN": "Patches of the very swatch are sought there; here another photograph of the cloth.",
}
"""Why figures on cloth differ from each paper's."""
FROZEN = (
    "On frozen features DAH's attention, MDFF-SH's trunk and TSN's generator cannot show: they are "
    "of a base network. Trained end to end: study --whole."
)
