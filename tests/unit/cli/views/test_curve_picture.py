"""Curves as SVG."""

from xml.etree import ElementTree

from headgate.cli.views.curve_picture import Line, Panel, picture

LINES = (
    Line("ours", ((0.0, None), (0.5, 0.7), (1.0, 0.9))),
    Line("<chance>", ((0.0, 0.5), (1.0, 0.9))),
)


def drawn(*panels):
    text = picture(panels, across="cost", up="quality")
    return ElementTree.fromstring(text)


def found(root, tag):
    return [each for each in root.iter() if each.tag.endswith(f"}}{tag}")]


def test_every_line_is_drawn_and_named():
    root = drawn(Panel("GSM", LINES), Panel("CRUX", LINES))
    assert len(found(root, "polyline")) == 2 * 2 + 2
    texts = [each.text for each in found(root, "text")]
    assert texts.count("ours") == texts.count("<chance>") == 1
    assert "quality over cost: GSM, CRUX" in [each.text for each in found(root, "title")]


def test_more_quality_is_higher_and_more_cost_further_right():
    root = drawn(Panel("GSM", LINES[:1]))
    points = next(each.get("points").split() for each in found(root, "polyline"))
    (left, low), (right, high) = (map(float, point.split(",")) for point in points)
    assert right > left
    assert high < low


def test_a_flat_line_and_no_line_are_drawn_too():
    assert found(drawn(Panel("flat", (Line("a", ((0.0, 0.5), (1.0, 0.5))),))), "polyline")
    assert not found(drawn(Panel("none", ())), "polyline")
