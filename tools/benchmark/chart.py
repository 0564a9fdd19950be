"""The chart for the README: bars of CPU ratios, as SVG without any library, legible on light and on dark pages."""

from collections.abc import Iterator, Sequence
from html import escape

from tools.benchmark.figures import Measurement

_WIDTH, _LABELS, _NUMBERS = 760, 180, 60  # the left column has the names, the right one the ratios
_ROW, _BAR, _TITLE, _GAP = 22, 13, 34, 18
_LONGEST = 1.6  # ratio; a longer bar is cut, and its number tells
_CHARTED = ("one", "many", "cold")
# Grey and blue that can be read on white and on black: a picture is not always told which of the two its page is.
_STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #717a84; }
    .title { font-weight: 600; font-size: 14px; }
    .name-ours { font-weight: 600; fill: #3b82f6; }
    .bar { fill: #8c959f; }
    .ours { fill: #3b82f6; }
    .line { stroke: #717a84; stroke-dasharray: 3 3; }
"""


def draw(measurements: Sequence[Measurement]) -> str:
    """Return the chart: a panel for each kind of call, with a bar for each client, the shortest first.

    Args:
        measurements: what was measured; of kinds that are not charted nothing is shown.
    """
    panels = [one for one in measurements if one.name in _CHARTED and one.rows]
    lines: list[str] = []
    top = 0
    for panel in panels:
        lines += _draw_panel(panel, top)
        top += _TITLE + _ROW * len(panel.rows) + _GAP
    size = f'width="{_WIDTH}" height="{top}" viewBox="0 0 {_WIDTH} {top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">'
    title = '  <title id="title">CPU of a cancel, as a ratio</title>'
    return "\n".join([head, title, f"  <style>{_STYLE}  </style>", *lines, "</svg>\n"])


def _draw_panel(panel: Measurement, top: int) -> Iterator[str]:
    reference = panel.reference()
    rows = sorted(((row, ratios["cpu"] or 0.0) for row, ratios in panel.ratios()), key=lambda row: row[1])
    yield _text(0, top + 16, panel.title, "title")
    yield _text(_WIDTH, top + 16, f"CPU, {reference} = 1", "name", anchor="end")
    first = top + _TITLE
    x = _LABELS + _length(1.0)
    yield f'  <line class="line" x1="{x}" x2="{x}" y1="{first - 6}" y2="{first + _ROW * len(rows) - 4}"/>'
    for number, (row, ratio) in enumerate(rows):
        yield from _draw_row(row, ratio, first + number * _ROW)


def _draw_row(row: str, ratio: float, top: int) -> Iterator[str]:
    is_ours = row.startswith("bybit-v5")
    is_cut = ratio > _LONGEST
    length = _length(min(ratio, _LONGEST))
    yield _text(_LABELS - 10, top + 11, row, "name-ours" if is_ours else "name", anchor="end")
    kind = "bar ours" if is_ours else "bar"
    yield f'  <rect class="{kind}" x="{_LABELS}" y="{top}" width="{length}" height="{_BAR}" rx="2"/>'
    yield _text(
        _LABELS + length + 6, top + 11, f"{ratio:.2f}{' »' if is_cut else ''}", "name-ours" if is_ours else "name"
    )


def _length(ratio: float) -> float:
    return round(ratio / _LONGEST * (_WIDTH - _LABELS - _NUMBERS), 1)


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'  <text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
