"""The spec sheet beside the grid: what is known of the chosen swatches, and changing it.

What an article shares stands under the article, what a colourway shares under the colourway: a
change there is a change for all its pictures, and says so.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.textile import CM_PER_INCH
from fabricfinder.domain.trade_fields import ARTICLE, COLOURWAY, PICTURE, VIEWS
from fabricfinder.ui import field_words, wording
from fabricfinder.ui.archive_desk import ArchiveDesk
from fabricfinder.ui.article_strip import ArticleStrip
from fabricfinder.ui.composition_editor import CompositionEditor
from fabricfinder.ui.number_words import count_text, listed
from fabricfinder.ui.spec_rows import LABEL_WIDTH, FieldEdit, SpecRow
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

MOST_IN_STRIP = 24
LOOKED_THROUGH = 20_000  # swatches whose words are offered; the rest hardly has others
SUGGESTED = (
    "supplier", "customer", "season", "status", "end_use", "finish", "dye", "print_method",
    "drawer", "design", "composition", "colour_name",
)  # fmt: skip


class SpecPanel(QFrame):
    """The pane at the right of the library.

    Signals:
        swatch_wanted: a picture of the same article was pressed; its id.
    """

    swatch_wanted = Signal(str)

    def __init__(
        self, archive: ArchiveDesk, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("side", True)
        self._archive = archive
        self._catalog: Catalog | None = None
        self._chosen: tuple[Swatch, ...] = ()
        self._suggested: tuple = ()
        self._words: dict[str, set[str]] = {}
        self.title, self.about = QLabel(self), QLabel(self)
        self.title.setFont(scaled_font(1.15, bold=True))
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.about.setProperty("muted", True)
        self.about.setWordWrap(True)
        self.strip = ArticleStrip(thumbnails, self)
        self.strip.chosen.connect(self.swatch_wanted)
        self.rows: dict[str, SpecRow] = {}
        self._heads: dict[str, QLabel] = {}
        self._lay_out()
        self.setMinimumWidth(270)
        self.show_swatches(None, ())

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(330, 600)

    def _lay_out(self) -> None:
        """One scrolling column: whose it is, its pictures, the fields level by level."""
        inside = QFrame(self)
        inside.setProperty("side", True)
        column = QVBoxLayout(inside)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_L)
        column.setSpacing(SPACE_XS)
        for widget in (self.title, self.about, self.strip):
            column.addWidget(widget)
        self._form = QWidget(inside)
        column.addWidget(self._form)
        column.addStretch(1)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for level in (ARTICLE, COLOURWAY, PICTURE):
            head = QLabel(inside)
            head.setFont(scaled_font(1.0, bold=True))
            head.setContentsMargins(0, SPACE_M, 0, SPACE_XS)
            self._heads[level] = head
            column.addWidget(head)
            for field in field_words.fields_of(level):
                row = SpecRow(field, inside)
                row.said.connect(self._say)
                if field.kind == "composition":
                    row.add_button(self.tr("Fibre by fibre"), self._edit_composition)
                self.rows[field.name] = row
                column.addWidget(row)
            if level == PICTURE:
                self._add_picture_rows(column, inside)
        scroll = QScrollArea(self)
        scroll.setProperty("side", True)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _add_picture_rows(self, column: QVBoxLayout, inside: QWidget) -> None:
        """What the picture shows, and its scale."""
        self.view = QComboBox(inside)
        self.view.setAccessibleName(self.tr("Shows"))
        for view in ("", *VIEWS):
            self.view.addItem(field_words.view_name(view), view)
        self.view.activated.connect(self._set_view)
        self.scale = FieldEdit(inside)
        self.scale.setAccessibleName(self.tr("Scale"))
        self.scale.setToolTip(self.tr("As 600 dpi or 236 px/cm."))
        self.scale.done.connect(self._set_scale)
        for name, widget in ((self.tr("Shows"), self.view), (self.tr("Scale"), self.scale)):
            label = QLabel(name, inside)
            label.setProperty("muted", True)
            label.setFixedWidth(LABEL_WIDTH)
            label.setBuddy(widget)
            line = QHBoxLayout()
            line.setSpacing(SPACE_S)
            line.addWidget(label)
            line.addWidget(widget, 1)
            column.addLayout(line)
        self.scale_source = QLabel(inside)
        self.scale_source.setProperty("muted", True)
        self.scale_source.setWordWrap(True)
        self.scale_source.setContentsMargins(LABEL_WIDTH + SPACE_S, 0, 0, 0)
        column.addWidget(self.scale_source)

    # What is shown -----------------------------------------------------------------------------

    def show_swatches(self, catalog: Catalog | None, swatches: Sequence[Swatch]) -> None:
        """Show the chosen swatches of a catalog; none says so."""
        self._catalog, self._chosen = catalog, tuple(swatches)
        read_only = catalog is None or catalog.read_only
        self._form.setVisible(bool(self._chosen))
        for row in self.rows.values():
            row.show_swatches(self._chosen, read_only)
        self._show_heads()
        self._show_picture_rows(read_only)
        self._suggest()

    def show_units(self) -> None:
        """Show measures in the units she has just chosen."""
        self.show_swatches(self._catalog, self._chosen)

    def _show_heads(self) -> None:
        chosen, catalog = self._chosen, self._catalog
        articles = {str(s.fields["article"]) for s in chosen if s.fields.get("article")}
        if not chosen or catalog is None:
            self.title.setText(self.tr("Nothing chosen"))
            self.about.setText(self.tr("Click swatches to read or write their spec sheet."))
        elif len(chosen) == 1:
            self.title.setText(wording.swatch_title(chosen[0]))
            self.about.setText(self._one_picture(catalog, chosen[0]))
        else:
            n = self.tr("{n} swatches").format(n=count_text(len(chosen)))
            self.title.setText(n)
            many = self.tr("of {n} articles").format(n=count_text(len(articles)))
            self.about.setText(self.tr("of one article") if len(articles) == 1 else
                               many if articles else self.tr("without an article"))  # fmt: skip
        together = len(chosen) == 1 or (len(articles) == 1 and len(chosen) <= MOST_IN_STRIP)
        self.strip.show_swatch(catalog, chosen[0] if chosen and together else None)
        self._heads[ARTICLE].setText(self._head(ARTICLE, articles))
        colourways = {
            (s.fields.get("article"), str(s.fields["colourway"]))
            for s in chosen if s.fields.get("colourway")
        }  # fmt: skip
        self._heads[COLOURWAY].setText(self._head(COLOURWAY, {c for _, c in colourways}))
        one = len(chosen) <= 1
        self._heads[PICTURE].setText(self.tr("This picture") if one else self.tr("Each picture"))

    def _head(self, level: str, names: set[str]) -> str:
        """“Article 20341, all 7 pictures”: how far a change in these fields reaches."""
        article = level == ARTICLE
        word = self.tr("Article") if article else self.tr("Colourway")
        if len(names) != 1 or self._catalog is None:
            return word if not names else (self.tr("Articles") if article else self.tr("Colourways"))
        rows = self._catalog.articles.get(str(self._chosen[0].fields.get("article")), [])
        if not article:
            swatches = self._catalog.swatches
            rows = [r for r in rows if str(swatches[r].fields.get("colourway")) in names]
        if len(rows) < 2:
            return f"{word} {next(iter(names))}"
        all_of = self.tr("{word} {name}, all {n} pictures")
        return all_of.format(word=word, name=next(iter(names)), n=count_text(len(rows)))

    def _one_picture(self, catalog: Catalog, swatch: Swatch) -> str:
        """How many pictures and colourways its article has."""
        rows = catalog.articles.get(str(swatch.fields.get("article")), [])
        if len(rows) < 2:
            return wording.size_text(swatch.width, swatch.height, swatch.px_per_cm)
        colours = {str(catalog.swatches[r].fields.get("colourway", "")) for r in rows}
        if len(colours) == 1:
            return self.tr("{n} pictures of this article").format(n=len(rows))
        return self.tr("{n} pictures in {m} colourways").format(n=len(rows), m=len(colours))

    def _show_picture_rows(self, read_only: bool) -> None:
        chosen = self._chosen
        views = {s.view for s in chosen}
        self.view.setEnabled(bool(chosen) and not read_only)
        self.view.setPlaceholderText(self.tr("various"))
        at = self.view.findData(next(iter(views))) if len(views) == 1 else -1
        self.view.setCurrentIndex(0 if not chosen else at)
        if self.scale.hasFocus() and self.scale.changed:
            return
        self.scale.setEnabled(bool(chosen) and not read_only)
        scales = {s.px_per_cm for s in chosen}
        one = next(iter(scales)) if len(scales) == 1 else None
        self.scale.show_text("" if one is None else dpi_text(one))
        unknown = self.tr("unknown; type 600 dpi")
        self.scale.setPlaceholderText(self.tr("various") if len(scales) > 1 else unknown)
        sources = {s.scale_source for s in chosen}
        said = wording.scale_source_text(next(iter(sources))) if len(sources) == 1 else ""
        both = wording.short_scale_text(one) if one is not None else ""
        self.scale_source.setText(listed((both, said)))
        self.scale_source.setVisible(one is not None)

    def _suggest(self) -> None:
        """Offer the library's own words, collected anew when it has grown a good deal."""
        catalog = self._catalog
        if catalog is None or (key := (catalog.folder, len(catalog) // 500)) == self._suggested:
            return
        self._suggested = key
        self._words = {name: set() for name in SUGGESTED}
        for swatch in catalog.swatches[:LOOKED_THROUGH]:
            for name in SUGGESTED:
                if value := swatch.fields.get(name):
                    self._words[name].add(str(value))
        for name, found in self._words.items():
            self.rows[name].set_suggestions(sorted(found))

    # What she says -----------------------------------------------------------------------------

    def _say(self, field: str, value: str | float) -> None:
        if field in self._words and value and value not in self._words[field]:
            self._words[field].add(str(value))
            self.rows[field].set_suggestions(sorted(self._words[field]))
        name = field_words.field_name(field).lower()
        ids = [s.id for s in self._chosen]
        step = self.tr("Change the {field} of {what}") if value != "" else self.tr(
            "Take the {field} from {what}"
        )  # fmt: skip
        self._archive.edit(ids, {field: value}, step.format(field=name, what=self._what()))

    def _edit_composition(self) -> None:
        """Open the composition fibre by fibre."""
        editor = CompositionEditor(self.rows["composition"].edit.text(), self)
        editor.said.connect(lambda text: self._say("composition", text))
        editor.show()

    def _set_view(self) -> None:
        view = self.view.currentData()
        step = self.tr("Say that {what} shows: {view}").format(
            what=self._what(), view=field_words.view_name(view)
        )
        self._archive.set_view([s.id for s in self._chosen], view, step)

    def _set_scale(self) -> None:
        scale = read_dpi(self.scale.text())
        if scale is None and self.scale.text().strip():
            self.scale.setText("")
            self.scale.setPlaceholderText(self.tr("type it as 600 dpi or 236 px/cm"))
            return
        step = self.tr("Set the scale of {what}").format(what=self._what())
        self._archive.set_scale([s.id for s in self._chosen], scale, step)

    def _what(self) -> str:
        """The chosen swatches in a word, for a step's name."""
        if len(self._chosen) == 1:
            return wording.swatch_title(self._chosen[0])
        return self.tr("{n} swatches").format(n=count_text(len(self._chosen)))


def dpi_text(px_per_cm: float) -> str:
    """A scale as scanners tell it: “600 dpi”."""
    return f"{px_per_cm * CM_PER_INCH:.4g} dpi"


def read_dpi(text: str) -> float | None:
    """Pixels per cm of “600 dpi” or “236 px/cm”; None where no unit is told or it is no scale."""
    plain = "".join(text.casefold().split()).replace(",", ".")
    for ending, factor in (("dpi", 1 / CM_PER_INCH), ("ppi", 1 / CM_PER_INCH), ("px/cm", 1.0)):
        if plain.endswith(ending):
            try:
                value = float(plain.removesuffix(ending)) * factor
            except ValueError:
                return None
            return value if 1 <= value <= 10_000 else None
    return None
