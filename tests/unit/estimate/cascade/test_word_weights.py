"""Words that teach something are believed, words that do not are not."""

from random import Random

from headgate.estimate.cascade.word_weights import WordWeights


def stream(generator, rows):
    for _ in range(rows):
        yield sorted(generator.sample(range(200), 12))


def test_words_that_decide_are_believed():
    words = WordWeights()
    for row in stream(Random(1), 1500):
        words.learn(row, 0.5 if min(row) < 10 else -0.5)
    assert words.belief > 0.5
    right = sum((words.predict(row) > 0) == (min(row) < 10) for row in stream(Random(2), 400))
    assert right > 300


def test_words_that_say_nothing_are_not():
    beliefs = []
    for seed in range(8):
        generator, words = Random(seed), WordWeights()
        for row in stream(Random(seed + 100), 600):
            words.learn(row, generator.choice([-0.5, 0.5]))
        beliefs.append(words.belief)
    assert max(beliefs) < 0.3
    assert sum(beliefs) / len(beliefs) < 0.1


def test_before_any_row_and_without_words_they_add_nothing():
    words = WordWeights()
    assert words.predict([1, 2]) == 0
    words.learn([], 1.0)
    assert words.predict([]) == 0
