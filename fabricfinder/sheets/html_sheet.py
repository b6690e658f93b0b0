"""A sheet as one HTML file: opens offline, on a phone too, and asks the network for nothing."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.sheets.content import Sheet, SheetEntry, SheetPicture, SheetPlot, Shade
from fabricfinder.sheets.dress import BAR_DRESS, LINE, MUTED, STRONG_LINE, TEXT, TRACK
from fabricfinder.sheets.qr import QUIET_MODULES, qr_modules
from fabricfinder.sheets.saving import written_beside
from fabricfinder.sheets.starting_spec import rests_on
from fabricfinder.sheets.values import TITLE_KEYS

_PATTERNS = {
    "diagonal": "repeating-linear-gradient(135deg,{fill} 0 4px,{ink} 4px 6px)",
    "dots": "radial-gradient({ink} 0.8px,transparent 1px) 0 0/4px 4px,{fill}",
    "lines": "repeating-linear-gradient(90deg,{ink} 0 1px,{fill} 1px 4px)",
    "solid": "{fill}",
}
_STYLE = f"""
:root{{color-scheme:light}}*{{box-sizing:border-box}}
body{{margin:0 auto;max-width:78rem;padding:1.25rem;background:#fff;color:{TEXT};
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}}
h1{{font-size:1.5rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}}
h2{{font-size:1.05rem;margin:0;overflow-wrap:anywhere}}h3{{font-size:1rem;margin:2rem 0 .5rem}}
p{{margin:.35rem 0}}.quiet{{color:{MUTED};font-size:.875rem}}
img{{display:block;max-width:100%;height:auto}}
.query{{display:grid;grid-template-columns:minmax(0,16rem) minmax(0,1fr);gap:1.25rem;
padding:1rem 0 1.25rem;border-bottom:1px solid {LINE}}}
dl{{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem .9rem;margin:.5rem 0;
font-size:.875rem}}dt{{color:{MUTED}}}dd{{margin:0;overflow-wrap:anywhere}}
main{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));
gap:1.75rem 1.5rem;margin-top:1.25rem}}article{{min-width:0}}
.cloth{{width:100%;aspect-ratio:1;object-fit:cover}}.head{{display:flex;gap:.75rem;
justify-content:space-between;align-items:baseline;margin-top:.6rem}}
.band{{white-space:nowrap;font-size:.9rem}}.bars{{display:grid;font-size:.8125rem;
grid-template-columns:max-content minmax(0,1fr) 2.2rem;gap:.2rem .6rem;align-items:center;
margin:.5rem 0;color:{MUTED}}}.bars b{{font-weight:400;text-align:right;color:{TEXT}}}
.bar{{height:.6rem;background:{TRACK}}}.bar i{{display:block;height:100%}}
.bar i.unsure{{background:#fff;border:1px solid;box-sizing:border-box}}
.na{{height:.6rem;border:1px dashed {STRONG_LINE}}}
.palette{{display:flex;height:1rem;border:1px solid {STRONG_LINE};margin-top:.5rem}}
.qr{{width:5.5rem;height:5.5rem}}.foot{{display:flex;gap:.75rem;align-items:flex-end;
justify-content:space-between}}table{{border-collapse:collapse;font-size:.875rem;width:100%}}
th,td{{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;
border-bottom:1px solid {LINE}}}select{{font:inherit;padding:.35rem;min-height:44px}}
.plot{{display:grid;grid-template-columns:minmax(6rem,14rem) minmax(0,1fr);gap:.75rem;
align-items:stretch;font-size:.8rem}}.plot ul{{display:flex;flex-direction:column;margin:0;
padding:0;justify-content:space-around;list-style:none}}.plot li{{flex:1;display:flex;
align-items:center;min-width:0;overflow:hidden;text-overflow:ellipsis;line-height:1.1}}
.plot>img:only-child{{grid-column:1/-1}}
footer{{margin-top:2rem;border-top:1px solid {LINE};padding-top:.75rem}}
@media(max-width:40rem){{body{{padding:.9rem}}.query{{grid-template-columns:minmax(0,1fr)}}}}
@media print{{select,label{{display:none}}article{{break-inside:avoid}}}}
"""
# Sorting is the only thing that moves; its digest is the only script the page allows.
_SCRIPT = """
const box=document.querySelector("main"),by=document.querySelector("select");
by&&by.addEventListener("change",()=>{const k=by.value;[...box.children].sort((a,b)=>
k==="number"?a.dataset.number-b.dataset.number:(b.dataset[k]||-1)-(a.dataset[k]||-1))
.forEach(one=>box.append(one))});
"""


def write_html(sheet: Sheet, target: Path) -> None:
    """Write the page.

    Raises:
        SheetError: the file cannot be written; nothing half-written is left.
    """
    with written_beside(target) as unfinished:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_page(sheet))


def _page(sheet: Sheet) -> Iterator[str]:
    """The page, part by part."""
    words, title = sheet.words, escape(sheet.title)
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )
    yield (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="referrer" content="no-referrer"><title>{title}</title>'
        f"<style>{_STYLE}{_bar_styles()}</style></head><body>\n"
    )
    facts = " · ".join(escape(text) for _, text in sheet.facts)
    line = " · ".join(filter(None, (escape(sheet.date), escape(words[sheet.profile]), facts)))
    yield f'<header><h1 dir="auto">{title}</h1><p class="quiet">{line}</p>'
    yield f"{_sorter(sheet)}</header>\n"
    if sheet.query is not None:
        yield _query(sheet)
    yield "<main>\n"
    for entry in sheet.entries:
        yield _article(entry, sheet)
    yield "</main>\n"
    yield from (_plot(plot) for plot in sheet.plots)
    yield _spec(sheet)
    yield (
        f'<footer class="quiet"><p>{escape(words["colour_note"])}</p>'
        f"<p>{escape(words['color_basis'])}</p></footer><script>{_SCRIPT}</script></body></html>\n"
    )


def _bar_styles() -> str:
    """One class a dimension: fill and pattern."""
    return "".join(
        f".{name} i,.k-{name}{{background:{_PATTERNS[pattern].format(fill=fill, ink=ink)}}}"
        f".{name} i.unsure{{border-color:{fill}}}"
        for name, (fill, ink, pattern) in BAR_DRESS.items()
    )


def _sorter(sheet: Sheet) -> str:
    """The choice of order, where there is a match to order by."""
    if sheet.query is None:
        return ""
    words = sheet.words
    options = "".join(f'<option value="{n}">{escape(words[n])}</option>' for n in DIMENSIONS)
    first = f'<option value="number">{escape(words["best_first"])}</option>'
    return (
        f'<p><label class="quiet">{escape(words["sort_by"])} '
        f"<select>{first}{options}</select></label></p>"
    )


def _image(picture: SheetPicture, words: str, css: str = "") -> str:
    data = base64.b64encode(picture.jpeg).decode("ascii")
    kind = f' class="{css}"' if css else ""
    return (
        f'<img{kind} src="data:image/jpeg;base64,{data}" alt="{escape(words)}" '
        f'width="{picture.width}" height="{picture.height}">'
    )


def _query(sheet: Sheet) -> str:
    query = sheet.query
    picture = _image(query.whole, query.title) if query.whole else ""
    return (
        f'<section class="query"><div>{picture}{_palette(query.palette, sheet.words)}</div>'
        f'<div><h2 dir="auto">{escape(query.title)}</h2>{_list(query.settings)}</div></section>\n'
    )


def _list(lines: tuple[tuple[str, str], ...]) -> str:
    said = "".join(f'<dt>{escape(k)}</dt><dd dir="auto">{escape(v)}</dd>' for k, v in lines)
    return f"<dl>{said}</dl>" if said else ""


def _article(entry: SheetEntry, sheet: Sheet) -> str:
    """One cloth."""
    words = sheet.words
    numbers = {name: "" if score is None else f"{score:.6f}"
               for name, score in zip(DIMENSIONS, entry.scores, strict=True)}  # fmt: skip
    attributes = " ".join(f'data-{name}="{number}"' for name, number in numbers.items())
    picture = _image(entry.whole, entry.title, "cloth") if entry.whole else (
        f'<p class="quiet">{escape(words["no_picture"])}</p>')  # fmt: skip
    band = ""
    if entry.band:
        band = f'<span class="band">{escape(entry.band)} · {100 * entry.overall:.0f}</span>'
    values = [(v.label, v.text) for v in entry.values if v.key not in TITLE_KEYS]
    if entry.color is not None:
        color = entry.color
        formulas = f"ΔE00 {color.delta_e_2000:.1f} · CMC(2:1) {color.delta_e_cmc:.1f}"
        values.insert(0, (words["color"], f"{formulas} · {color.words}"))
    note = ""
    if entry.note:
        note = f'<p dir="auto"><b>{escape(words["note"])}</b> {escape(entry.note)}</p>'
    return (
        f'<article data-number="{entry.number}" {attributes}>{picture}'
        f'<div class="head"><h2 dir="auto">{escape(entry.title)}</h2>{band}</div>'
        f"{_bars(entry, sheet)}{_paragraph(entry.sentence)}{note}"
        f"{_palette(entry.palette, sheet.words)}"
        f'<div class="foot">{_list(tuple(values))}{_qr(entry)}</div></article>\n'
    )


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _bars(entry: SheetEntry, sheet: Sheet) -> str:
    """The four bars with their numbers, or nothing without a query."""
    if entry.overall is None:
        return ""
    words, rows = sheet.words, []
    for name, score, unsure in zip(DIMENSIONS, entry.scores, entry.unsure, strict=True):
        bar, said = '<span class="na"></span>', words["na"]
        if score is not None:
            guess = ' class="unsure"' if unsure else ""
            bar = f'<span class="bar {name}"><i{guess} style="width:{100 * score:.1f}%"></i></span>'
            said = f"{100 * score:.0f}"
        rows.append(f"<span>{escape(words[name])}</span>{bar}<b>{escape(said)}</b>")
    return f'<div class="bars">{"".join(rows)}</div>'


def _palette(palette: tuple[Shade, ...], words: Mapping[str, str]) -> str:
    """The palette as a strip; its colours in words for who cannot see it."""
    if not palette:
        return ""
    said = words["join"].join(f"{shade.name} {100 * shade.share:.0f} %" for shade in palette)
    strips = "".join(
        f'<span style="flex:{shade.share:.4f};background:rgb{shade.rgb}"></span>'
        for shade in palette
    )
    return (
        f'<div class="palette" role="img" aria-label="{escape(said)}">{strips}</div>'
        f'<p class="quiet">{escape(said)}</p>'
    )


def _qr(entry: SheetEntry) -> str:
    """The record's code as an SVG of one path."""
    if not entry.record:
        return ""
    modules = qr_modules(entry.record)
    side = len(modules) + 2 * QUIET_MODULES
    dark = zip(*(modules.nonzero()[axis] + QUIET_MODULES for axis in (1, 0)), strict=True)
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{escape(entry.record)}"><path d="{path}" fill="#000"/></svg>'
    )


def _plot(plot: SheetPlot) -> str:
    data = base64.b64encode(plot.png).decode("ascii")
    labels = "".join(f'<li dir="auto">{escape(label)}</li>' for label in plot.labels)
    axes = " · ".join(filter(None, (plot.x_label, plot.y_label)))
    return (
        f'<h3>{escape(plot.caption)}</h3><div class="plot">'
        f"{f'<ul>{labels}</ul>' if labels else ''}"
        f'<img src="data:image/png;base64,{data}" alt="{escape(plot.caption)}"></div>'
        f'<p class="quiet">{escape(axes)}</p>\n'
    )


def _spec(sheet: Sheet) -> str:
    """The starting spec as a table, or nothing where there is none."""
    if not sheet.spec:
        return ""
    words = sheet.words
    rows = "".join(
        f'<tr><th scope="row">{escape(line.label)}</th><td dir="auto">{escape(line.text)}</td>'
        f'<td dir="auto">{escape(rests_on(line, sheet.spec, words))}</td></tr>'
        for line in sheet.spec
    )
    return (
        f"<h3>{escape(words['spec_title'])}</h3><p class=\"quiet\">{escape(words['spec_note'])}</p>"
        f"<table>{rows}</table>\n"
    )
