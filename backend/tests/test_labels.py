from brainai.labels import CLASSES, Label, Sequence


def test_no_tumor_comes_before_tumor_in_the_logits() -> None:
    assert CLASSES == (Label.NO_TUMOR, Label.TUMOR)


def test_uncertain_is_an_answer_and_not_a_class() -> None:
    assert set(Label) - set(CLASSES) == {Label.UNCERTAIN}


def test_labels_and_sequences_are_their_wire_names() -> None:
    assert [str(label) for label in Label] == ["no_tumor", "tumor", "uncertain"]
    assert [str(name) for name in Sequence] == ["FLAIR", "T1", "T1c", "T2"]
