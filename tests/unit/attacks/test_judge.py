"""The judge: how many right answers are more than chance, and who gives them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.attacks import attacks_numbered, judge
from cleanroom_join.attacks.judge import (
    SEEDS,
    against_policy,
    against_the_filter,
    learned,
    least_right,
    succeeds,
)
from cleanroom_join.contract import Policy

DEFAULT = Policy()


def attack(number):
    """Return an attack by its number."""
    (found,) = attacks_numbered([number])
    return found


def test_games_come_out_the_same_again():
    """Made-up subjects, chance and keys follow from the seed."""
    program = attack("16b")

    assert against_policy(program, DEFAULT) == against_policy(program, DEFAULT)


def coin(game, _room):
    """Guess."""
    return game.coin()


@pytest.mark.parametrize("guess", [coin, lambda *_: True, lambda *_: False])
def test_an_attacker_who_guesses_learns_nothing(guess):
    """A coin, and a constant answer, are right in half of the games."""
    guesser = replace(attack("3"), guess=guess, limit=None)

    for score in (
        against_the_filter(guesser, DEFAULT),
        against_policy(guesser, DEFAULT),
    ):
        assert score.right == SEEDS
        assert not score.succeeded


def test_how_many_right_answers_are_more_than_chance():
    """At most one guesser in a thousand is taken for an attacker that learned."""
    assert not learned(17, 20)
    assert learned(18, 20)
    assert not learned(9, 9)
    assert learned(10, 10)


class Scripted:
    """An attacker that is right in given games only, and counts its games."""

    def __init__(self, wins):
        self.wins, self.played = wins, 0

    def world(self, _game, secret):
        """Show the secret."""
        return [[secret]]

    def guess(self, _game, room):
        """Be right, or wrong, as it was scripted."""
        right, self.played = self.wins[self.played], self.played + 1
        return room._days[0][0] is right


@pytest.mark.parametrize("seeds", [2, 5, 10])
@pytest.mark.parametrize("losses", range(6))
@pytest.mark.parametrize("first", [True, False])
def test_few_games_decide_as_all_of_them(monkeypatch, seeds, losses, first):
    """`succeeds` agrees with the score of all games, however early the losses come."""
    monkeypatch.setattr(judge, "SEEDS", seeds)
    games = 2 * seeds
    losses = min(losses, games)
    wins = [False] * losses + [True] * (games - losses)
    wins = wins if first else wins[::-1]
    score, quick = Scripted(wins), Scripted(wins)

    expected, found = (
        decide(replace(attack("3"), world=script.world, guess=script.guess), DEFAULT)
        for decide, script in ((against_policy, score), (succeeds, quick))
    )

    assert found is expected.succeeded
    assert expected.right == games - losses
    least = least_right(games)
    assert score.played == games
    if least is None:
        assert quick.played == 0
    elif first and losses > games - least:
        assert quick.played == games - least + 1
