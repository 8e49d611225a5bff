"""Which person a few typed words mean, and when to ask."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.name_words import fold, tokens
from bot.domain.names import Candidate, Choice, Match, NameQuery, Nothing, decide, rank

JANE = Candidate(1, "Jane", "Doe", "jane@acme.com", "Acme Inc", mine=True)
JANE_SMITH = Candidate(2, "Jane", "Smith", "jane@globex.com", "Globex")
JOHN = Candidate(3, "John", "Smith", "john@initech.com", "Initech")
OBRIEN = Candidate(4, "Conor", "O'Brien", "c.obrien@shamrock.ie", "Shamrock Ltd")
DANGELO = Candidate(5, "Gina", "D’Angelo", "gina@dolce.it", "Dolce")
BERG = Candidate(6, "Pieter", "van der Berg", "p@dutch.nl", "Dutch BV")
MUELLER = Candidate(7, "Karl", "Müller", "k@werk.de", "Werk GmbH")
PICARD = Candidate(8, "Jean-Luc", "Picard", "jl@enterprise.org", "Enterprise Corp")
BOB = Candidate(9, "Bob", "Stone", "bob@acme.com", "Acme Inc")
WANG = Candidate(10, "伟", "王", "w@x.cn", "X")
EVERYBODY = [JANE, JANE_SMITH, JOHN, OBRIEN, DANGELO, BERG, MUELLER, PICARD, BOB, WANG]


def meant(text: str, people: list[Candidate] | None = None) -> str:
    answer = decide(rank(text, EVERYBODY if people is None else people))
    if isinstance(answer, Match):
        return f"{answer.ranked.candidate.id}"
    if isinstance(answer, Choice):
        return "one of " + " ".join(str(option.candidate.id) for option in answer.options)
    return "nobody"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jane@acme.com", "1"),
        ("JANE@ACME.COM", "1"),
        ("jane doe", "1"),
        ("Doe, Jane", "1"),
        ("doe jane", "1"),
        ("jane smith", "2"),
        ("jane at globex", "2"),
        ("jane (globex)", "2"),
        ("jane globex", "2"),
        ("initech", "3"),
        ("initech.com", "3"),
        ("www.initech.com", "3"),
        ("obrien", "4"),
        ("O'Brien", "4"),
        ("O’Brien", "4"),
        ("o brien", "4"),
        ("conor obrien", "4"),
        ("brien", "4"),
        ("dangelo", "5"),
        ("d'angelo", "5"),
        ("gina D´Angelo", "5"),
        ("van der berg", "6"),
        ("vanderberg", "6"),
        ("pieter berg", "6"),
        ("müller", "7"),
        ("mueller", "7"),
        ("muller", "7"),
        ("Dr. Müller", "7"),
        ("MÜLLER", "7"),
        ("jean luc", "8"),
        ("jeanluc", "8"),
        ("Jean-Luc Picard", "8"),
        ("jean-lu", "8"),
        ("王伟", "10"),
        ("wang wei", "10"),
        ("bob at acme", "9"),
        ("jon smith", "3"),
        ("smith", "one of 2 3"),
        ("j smith", "one of 2 3"),
        ("acme", "one of 1 9"),
        ("jane@acme.con", "one of 1"),
        ("picrad", "one of 8"),
        ("bob at globex", "one of 9"),
        ("new@person.com", "nobody"),
        ("zorro", "nobody"),
        ("", "nobody"),
        ("!!!", "nobody"),
        ("@", "nobody"),
    ],
)
def test_names_people_as_they_are_typed(text, expected):
    assert meant(text) == expected


def test_two_people_of_one_name_are_a_choice():
    twins = [Candidate(1, "Ann", "Lee", "ann@a.com", "A"), Candidate(2, "Ann", "Lee", "ann@b.com", "B")]
    assert meant("ann lee", twins) == "one of 1 2"
    assert meant("ann lee at b", twins) == "2"


def test_of_two_with_one_name_the_own_lead_is_meant():
    twins = [Candidate(1, "Ann", "Lee", "ann@a.com", "A"), Candidate(2, "Ann", "Lee", "ann@b.com", "B", mine=True)]
    assert meant("ann lee", twins) == "2"


def test_two_own_leads_of_one_name_are_a_choice():
    twins = [Candidate(i, "Ann", "Lee", f"ann@{i}.com", f"C{i}", mine=True) for i in (1, 2)]
    assert meant("ann", twins) == "one of 1 2"


def test_an_own_lead_does_not_win_over_a_better_name():
    people = [Candidate(1, "Jan", "Kowalski", mine=True), Candidate(2, "Janina", "Kowalska")]
    assert meant("janina kowalska", people) == "2"


def test_somebody_elses_exact_email_beats_an_own_lead_of_that_name():
    people = [Candidate(1, "Ann", "Lee", "ann@a.com", mine=True), Candidate(2, "Ann", "Lee", "ann@b.com")]
    assert meant("Ann Lee ann@b.com", people) == "2"


def test_a_known_name_with_an_unknown_address_is_asked_about():
    assert meant("Jane Doe jane.doe@gmail.com") == "one of 1"
    first = rank("Jane Doe jane.doe@gmail.com", EVERYBODY)[0]
    assert first.why == "same name, another e-mail address"


def test_an_exact_full_name_wins_over_a_longer_one():
    jose, maria = Candidate(1, "José", "Güell"), Candidate(2, "María José", "Güell", mine=True)
    assert decide(rank("José Güell", [jose, maria])) == Match(rank("José Güell", [jose])[0])
    doe, doering = Candidate(1, "Jane", "Doe"), Candidate(2, "Jane", "Doering")
    assert decide(rank("doe, jane", [doering, doe])) == Match(rank("doe, jane", [doe])[0])


def test_another_spelling_of_the_full_name_is_no_longer_name():
    both = [Candidate(1, "Anna", "Müller"), Candidate(2, "Anna", "Mueller")]
    assert isinstance(decide(rank("Anna Muller", both)), Choice)
    assert isinstance(decide(rank("Anna Müller", [*both, Candidate(3, "Anna Lena", "Müller", mine=True)])), Choice)


def test_words_that_belong_to_a_note_are_handed_back():
    best = rank("obrien pricing", EVERYBODY)[0]
    assert best.candidate is OBRIEN
    assert best.unmatched == ("pricing",)
    assert meant("obrien pricing") == "one of 4"


def test_of_equal_names_the_last_touched_comes_first():
    older = Candidate(1, "Ann", "Lee", last_touched=datetime(2026, 1, 1, tzinfo=UTC))
    newer = Candidate(2, "Ann", "Lee", last_touched=datetime(2026, 2, 1, tzinfo=UTC))
    assert [r.candidate.id for r in rank("ann lee", [older, newer])] == [2, 1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("O'Brien", ["obrien", "brien"]),
        ("D’Angelo", ["dangelo", "angelo"]),
        ("van der Berg", ["van", "der", "berg", "vanderberg"]),
        ("Jean-Luc", ["jeanluc", "jean", "luc"]),
        ("Müller", ["muller"]),
        ("Mueller", ["mueller", "muller"]),
        ("Søren Århus", ["soren", "arhus"]),
        ("Groß", ["gross"]),
        ("jane.doe@acme.com", ["jane", "doe", "acme", "com"]),
        ("", []),
        ("—", []),
    ],
)
def test_the_index_has_every_way_to_type_a_name(name, expected):
    assert tokens(name) == expected


@pytest.mark.parametrize(("text", "expected"), [("  D’Angelo-Müller ", "dangelo muller"), ("ŁUKASZ", "lukasz")])
def test_fold_is_plain_and_small(text, expected):
    assert fold(text) == expected


def test_the_query_tells_name_and_company_apart():
    query = NameQuery.read("Dr. Jane Doe (Acme Inc)")
    assert query.words == ("jane", "doe")
    assert "acme" in query.company
    assert "inc" not in query.company
    assert set(query.search_words) >= {"jane", "doe", "acme"}


def test_a_name_of_a_hundred_thousand_letters_costs_little():
    assert len(tokens("ä-b'c " * 20_000)) <= 32
    assert all(len(token) <= 40 for token in tokens("x" * 100_000))
    assert decide(rank("y" * 100_000, EVERYBODY)) == Nothing()


NAMES = st.text(min_size=1, max_size=20)


@given(NAMES, NAMES, NAMES)
def test_every_pair_of_texts_gets_a_score_in_bounds(typed, first, last):
    for result in rank(typed, [Candidate(1, first, last, "a@b.com", last)]):
        assert 60.0 <= result.score <= 100.0


@given(st.sampled_from(EVERYBODY))
def test_a_full_name_finds_its_owner_among_all(person):
    assert meant(f"{person.first_name} {person.last_name}") == str(person.id)


@given(st.sampled_from(EVERYBODY))
def test_a_search_for_a_name_shares_a_word_with_its_index_row(person):
    row = set(tokens(f"{person.first_name} {person.last_name} {person.company}"))
    assert row & set(NameQuery.read(f"{person.first_name} {person.last_name}").search_words)


@given(st.lists(st.sampled_from(EVERYBODY), unique=True), st.sampled_from(["jane", "smith", "acme", "o'brien", "j"]))
def test_the_order_of_candidates_does_not_change_the_answer(people, text):
    assert meant(text, people) == meant(text, people[::-1])
