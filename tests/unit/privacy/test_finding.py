from headgate.privacy.finding import Finding


def test_a_finding_is_a_value_sure_of_itself_unless_it_says_otherwise():
    assert Finding("card", 3, 9) == Finding("card", 3, 9, kind="", score=1.0)
    assert len({Finding("card", 3, 9), Finding("card", 3, 9)}) == 1
