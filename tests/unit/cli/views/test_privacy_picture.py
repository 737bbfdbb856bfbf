"""Recall and precision as bars."""

from xml.etree import ElementTree

from headgate.cli.views.privacy_picture import WIDTH, Bar, Panel, picture


def test_a_bar_is_as_long_as_its_recall_and_names_are_escaped():
    drawn = picture([Panel("a<b", (Bar("AGE", 0.5, 1.0), Bar("all", 0.0, 0.0)))])
    root = ElementTree.fromstring(drawn)
    widths = [each.get("width") for each in root.iter() if each.get("height") == "12"]
    assert widths == [f"{WIDTH / 2:.1f}", "0.0"]
    assert "a<b" in "".join(root.itertext())
