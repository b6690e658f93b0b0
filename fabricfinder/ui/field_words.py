"""Trade fields as she reads them: their names, and measures in the units she chose."""

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.composition import CompositionError, fibre_name, read_composition
from fabricfinder.domain.trade_fields import FIELD, TradeField
from fabricfinder.domain.units import METRIC, DisplayUnits, Unit, show_measure, show_number
from fabricfinder.ui.number_words import pointed

translate = QCoreApplication.translate

_state = {"units": METRIC}


def display_units() -> DisplayUnits:
    """The units measures are shown and typed in; metric until ``set_display_units``."""
    return _state["units"]


def set_display_units(units: DisplayUnits) -> None:
    """Show measures otherwise from now on; who shows some has to be asked to do it again."""
    _state["units"] = units


def field_name(field: str) -> str:
    """A trade field as she calls it, without its unit; a field of her own keeps its name."""
    names = {
        "article": translate("Fields", "Article"),
        "colourway": translate("Fields", "Colourway"),
        "colour_name": translate("Fields", "Colour name"),
        "design": translate("Fields", "Design"),
        "supplier": translate("Fields", "Supplier"),
        "customer": translate("Fields", "Customer"),
        "season": translate("Fields", "Season"),
        "status": translate("Fields", "Status"),
        "end_use": translate("Fields", "End use"),
        "lot": translate("Fields", "Lot"),
        "finish": translate("Fields", "Finish"),
        "dye": translate("Fields", "Dyed"),
        "print_method": translate("Fields", "Printed"),
        "composition": translate("Fields", "Composition"),
        "drawer": translate("Fields", "Drawer"),
        "notes": translate("Fields", "Notes"),
        "ends_per_cm": translate("Fields", "Ends"),
        "picks_per_cm": translate("Fields", "Picks"),
        "warp_tex": translate("Fields", "Warp yarn"),
        "weft_tex": translate("Fields", "Weft yarn"),
        "weight": translate("Fields", "Weight"),
        "width": translate("Fields", "Width"),
        "repeat": translate("Fields", "Repeat"),
    }
    return names.get(field, field)


def field_value(field: str, value: str | float, units: DisplayUnits | None = None) -> str:
    """A trade field's value in her units: “185 g/m²”, “71.12 per inch”."""
    known = FIELD.get(field)
    if field == "composition":
        return composition_text(str(value))
    if known is None or not known.measured or not isinstance(value, float):
        return pointed(f"{value:g}") if isinstance(value, float) else str(value)
    unit = (units or display_units()).unit(known.kind)
    return pointed(show_measure(value, unit, symbol=unit_symbol(unit)))


def unit_symbol(unit: Unit) -> str:
    """What a unit is called in her language: “per cm”, “根/厘米”."""
    return translate("Unit", unit.symbol)


def composition_text(stored: str) -> str:
    """A composition in her words, “60 % 棉，40 % 羊毛”; as it is where it tells no shares."""
    try:
        parts = read_composition(stored).parts if stored else ()
    except CompositionError:
        return stored
    said = [f"{pointed(show_number(share))} % {fibre_word(code)}" for code, share in parts]
    return translate("Wording", ", ").join(said)


def fibre_word(code: str) -> str:
    """A fibre as she calls it; a name of her own stays."""
    return translate("Fibre", fibre_name(code))


def view_name(view: str) -> str:
    """What a picture shows, in a word; “not said” for nothing."""
    names = {
        "": translate("Fields", "not said"),
        "face": translate("Fields", "face"),
        "back": translate("Fields", "back"),
        "detail": translate("Fields", "detail"),
        "repeat": translate("Fields", "full repeat"),
        "selvedge": translate("Fields", "selvedge"),
    }
    return names[view]


def fields_of(level: str) -> list[TradeField]:
    """The fields of an article, a colourway or a picture, in the order of the spec sheet."""
    order = (
        "article", "design", "supplier", "customer", "season", "status", "end_use",
        "composition", "ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex", "weight", "width",
        "repeat", "finish", "dye", "print_method", "drawer",
        "colourway", "colour_name", "lot", "notes",
    )  # fmt: skip
    return [FIELD[name] for name in order if FIELD[name].level == level]


