"""One natural line for /touch: what is understood, what is asked, and that no word is lost."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.domain.time_words import say_when
from bot.domain.touch_draft import QuestionKind, TouchDraft, echo
from bot.domain.touch_hits import Sureness, correct
from bot.domain.touch_line import read_line
from bot.domain.touch_vocabulary import IMPLIED, PHRASES, Sense

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # a Tuesday, 11:00 in Berlin

LINES = [
    [cell.strip() for cell in line.split("||")]
    for line in Path(__file__).with_name("touch_lines.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def read(text: str) -> TouchDraft:
    return read_line(text, NOW, BERLIN)


def asked(draft: TouchDraft) -> list[str]:
    return [question.kind.value for question in draft.questions]


@pytest.mark.parametrize(("line", "who", "told", "questions"), LINES, ids=[row[0] for row in LINES])
def test_a_line_is_read_as_a_person_would(line, who, told, questions):
    draft = read(line)
    assert (draft.who.query or draft.who.slack_id or "") == who
    assert echo(draft) == told
    assert " ".join(asked(draft)) == questions


def test_the_table_is_large_enough_to_mean_something():
    assert len(LINES) >= 200


@pytest.mark.parametrize("text", ["", "  ", "\n\t ", "\u200b", "\u00a0"])
def test_an_empty_line_wants_the_form(text):
    draft = read(text)
    assert draft.wants_form
    assert not draft.wants_help
    assert not draft.complete


@pytest.mark.parametrize("text", ["help", " HELP ", "?", "--help"])
def test_help_is_help(text):
    draft = read(text)
    assert draft.wants_help
    assert not draft.wants_form


def test_a_clear_line_is_complete_and_asks_nothing():
    draft = read("jane@acme.com call voicemail left msg about audit")
    assert draft.complete
    assert (draft.channel, draft.outcome) == (Channel.CALL, Outcome.VOICEMAIL)
    assert draft.who.email == "jane@acme.com"
    assert draft.note == "left msg about audit"
    assert draft.assumed == ()


def test_a_wish_is_not_a_booking():
    draft = read("müller replied: interested, wants demo tuesday")
    assert draft.outcome == Outcome.REPLY_POSITIVE
    assert draft.when is None
    (question,) = draft.questions
    assert question.kind == QuestionKind.BOOKING
    assert [option.value for option in question.options] == ["yes", "no"]
    assert question.when is not None
    assert say_when(question.when) == "Tue 17 Mar 2026"
    assert "wants demo tuesday" in draft.note


@pytest.mark.parametrize(
    "text",
    [
        "jane wants a meeting booked tuesday",
        "jane would like a meeting next week",
        "jane connected, interested in a demo thu 3pm",
        "jane call connected asked for a meeting on friday",
        "jane could have a meeting booked friday 10:00",
    ],
)
def test_no_wish_ever_becomes_a_meeting(text):
    draft = read(text)
    assert draft.outcome != Outcome.MEETING_BOOKED
    assert QuestionKind.BOOKING in [question.kind for question in draft.questions]


def test_a_referral_names_the_other_person_and_keeps_who_referred():
    draft = read("jane referral to Bob Smith bob@acme.com")
    assert draft.who.text == "jane"
    assert draft.who.email is None
    assert draft.referral is not None
    assert (draft.referral.name, draft.referral.email) == ("Bob Smith", "bob@acme.com")


def test_a_referral_from_an_address_keeps_both_apart():
    draft = read("jane@acme.com referred me to bob@acme.com, cfo")
    assert draft.who.email == "jane@acme.com"
    assert draft.referral is not None
    assert draft.referral.email == "bob@acme.com"
    assert draft.note == "cfo"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("jane call not interested (CEO said no)", "CEO"),
        ("jane call not interested, the head of finance said no", "head of finance"),
        ("jane not interested per CFO", "CFO"),
        ("jane not interested said by Bob", "Bob"),
        ("jane call not interested", None),
        ("jane connected, CEO said hello", None),
    ],
)
def test_whose_no_it_was(text, title):
    assert read(text).said_by == title


def test_an_ambiguous_date_is_a_choice_of_both():
    draft = read("jane callback 12/3")
    (question,) = draft.questions
    assert question.kind == QuestionKind.WHEN
    assert [option.label for option in question.options] == ["Thu 12 Mar 2026", "Thu 3 Dec 2026"]
    assert question.about == "12/3"


def test_a_time_in_another_zone_is_kept_as_said():
    draft = read("jane callback 3pm ET")
    assert draft.when is not None
    assert draft.when.tz == "America/New_York"
    assert draft.when.at == datetime(2026, 3, 10, 19, tzinfo=UTC)


def test_a_time_in_a_note_stays_in_the_note():
    draft = read("jane connected, their board meets tue 15:00")
    assert draft.when is None
    assert draft.note == "their board meets tue 15:00"


def test_a_persons_name_that_is_an_outcome_is_a_name():
    assert read("Busy, connected").who.text == "Busy"
    assert read("Grace Sent voicemail").who.text == "Grace Sent"
    assert read("Will connected").who.text == "Will"


@pytest.mark.parametrize("name", ["Kwame Diallo", "kwame diallo", "KWAME DIALLO"])
def test_a_surname_beside_a_word_of_ours_is_no_slip_of_another(name):
    draft = read(f"{name} email sent case study")
    assert (draft.who.text, draft.note, draft.assumed) == (name, "case study", ())


def test_a_capital_surname_is_no_slip_where_the_outcome_is_written_right():
    draft = read("Kwame Diallo call no answer")
    assert (draft.who.text, draft.note, draft.assumed) == ("Kwame Diallo", "", ())
    assert read("Jane Doe, caled no answer").who.text == "Jane Doe"


def test_slack_users_and_links_are_understood():
    assert read("<@U12345> call busy").who.slack_id == "U12345"
    assert read("<@U12345|sam> call busy").who.slack_id == "U12345"
    assert read("<mailto:j@a.co|j@a.co> vm").who.email == "j@a.co"
    assert read("<http://acme.com|acme.com> vm").who.text == "acme.com"


SURE = [
    ("voicemial", "voicemail"), ("voicemal", "voicemail"), ("vociemail", "voicemail"), ("voicmail", "voicemail"),
    ("conected", "connected"), ("connectd", "connected"), ("conneted", "connected"), ("calback", "callback"),
    ("callbak", "callback"), ("gatekeepr", "gatekeeper"), ("gatekeper", "gatekeeper"), ("gatekeaper", "gatekeeper"),
    ("bounecd", "bounced"), ("bouncd", "bounced"), ("unsubcribed", "unsubscribed"), ("unsubscibed", "unsubscribed"),
    ("referal", "referral"), ("intrested", "interested"), ("interrested", "interested"),
    ("folowed", "followed"), ("comented", "commented"), ("reschedueld", "rescheduled"), ("reschduled", "rescheduled"),
    ("meetng", "meeting"), ("linkdin", "linkedin"), ("recieptionist", "receptionist"),
]  # fmt: skip
MAYBE = [("bussy", "busy"), ("emial", "email"), ("emal", "email"), ("awnser", "answer"), ("refferal", "referral")]
NO_SLIPS = [
    "jane", "contacted", "corrected", "collected", "answers", "comments", "connor", "smith",
    "müller", "audit", "pricing", "proposal", "budget", "connection", "shares", "interest", "vm", "x",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), SURE)
def test_clear_misspellings_are_taken_and_told(typed, meant):
    assert correct(typed) == (meant, Sureness.SURE)


@pytest.mark.parametrize(("typed", "meant"), MAYBE)
def test_doubtful_misspellings_are_guesses(typed, meant):
    assert correct(typed) == (meant, Sureness.MAYBE)


@pytest.mark.parametrize("word", NO_SLIPS)
def test_good_words_are_left_alone(word):
    assert correct(word) is None


def test_a_sure_misspelling_is_told():
    draft = read("jane voicemial left msg")
    assert draft.outcome == Outcome.VOICEMAIL
    assert draft.assumed == ("“voicemial” read as voicemail",)


def test_a_doubtful_misspelling_is_asked_with_the_typed_word():
    draft = read("jane bussy")
    assert draft.outcome is None
    (question,) = draft.questions
    assert question.about == "bussy"
    assert [option.value for option in question.options] == ["busy"]
    assert draft.note == "bussy"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_can_be_said(outcome):
    phrases = [" ".join(keys) for entries in PHRASES.values() for keys, term in entries if term.outcome == outcome]
    assert phrases
    for phrase in phrases:
        draft = read(f"jane@acme.com {phrase}")
        assert draft.outcome == outcome, phrase
        assert draft.channel is None or outcome in OUTCOMES[draft.channel], phrase


@pytest.mark.parametrize("channel", [c for c in Channel if c != Channel.VOICEMAIL])
def test_a_channel_alone_asks_for_its_outcomes(channel):
    word = next(
        " ".join(k) for e in PHRASES.values() for k, t in e if t.channel == channel and t.sense == Sense.CHANNEL
    )
    draft = read(f"jane@acme.com {word}")
    assert draft.channel == channel
    (question,) = draft.questions
    assert [option.value for option in question.options] == [outcome.value for outcome in OUTCOMES[channel]]


def test_implied_channels_fit_their_outcomes():
    assert all(outcome in OUTCOMES[channel] for outcome, channel in IMPLIED.items())


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def lost_words(draft: TouchDraft) -> list[str]:
    """Words of the text that are neither in an understood span nor in the note."""
    noted = words(draft.note)
    lost = []
    for match in re.finditer(r"[^\W_]+", draft.text):
        understood = any(span.start <= match.start() and match.end() <= span.end for span in draft.understood)
        if not understood and match[0] not in noted:
            lost.append(match[0])
    return lost


VOCABULARY = sorted({" ".join(keys) for entries in PHRASES.values() for keys, _ in entries})
PIECES = st.sampled_from([
    "yesterday 15:00", "last friday", "10 min ago", "9:30", "callback thu 10:00", "call in january", "tonight",
    "3pm Tokyo", "9am their time", "3pm Springfield time",
    *VOCABULARY, "jane", "Jane Doe", "O'Brien", "at acme", "(acme)", "jane@acme.com", "<@U123ABC>", "tue 15:00",
    "until 12 Dec", "in 20 min", "12/3", "12 min", "CEO said no", "wants demo tuesday", "about the audit", ",", ";",
    ":", " - ", "\n", "(", ")", ":wave:", "😀", "+49 30 123456", "to Bob Smith", "&amp;", "<http://a.co|a.co>",
    "not", "no",
])  # fmt: skip
LIKELY = st.lists(PIECES, max_size=14).map(" ".join)


@given(LIKELY)
@settings(max_examples=400, deadline=None)
@example("jane do not call until until")
@example("( ( jane ) callback (tue) )")
def test_no_word_of_a_likely_line_is_lost(text):
    assert lost_words(read(text)) == []


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_word_of_any_text_is_lost_and_nothing_breaks(text):
    draft = read(text)
    assert lost_words(draft) == []
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.understood)


@pytest.mark.parametrize("line", [row[0] for row in LINES])
def test_no_word_of_the_table_is_lost(line):
    assert lost_words(read(line)) == []


@given(LIKELY)
@settings(max_examples=200, deadline=None)
def test_a_draft_never_claims_more_than_it_asks(text):
    draft = read(text)
    if draft.wants_form or draft.wants_help:
        return
    if draft.outcome is None:
        assert QuestionKind.OUTCOME in [question.kind for question in draft.questions]
    elif draft.channel is not None:
        assert draft.outcome in OUTCOMES[draft.channel]
    else:
        assert QuestionKind.CHANNEL in [question.kind for question in draft.questions]
    assert draft.who.named or QuestionKind.WHO in [question.kind for question in draft.questions]
    if draft.when is not None:
        assert draft.when.at >= NOW


@given(LIKELY)
@settings(max_examples=100, deadline=None)
def test_reading_what_was_read_changes_nothing(text):
    draft = read(text)
    assert read(text) == draft
    again = read(draft.text) if "&" not in draft.text and "<" not in draft.text else draft
    assert echo(again) == echo(draft)


@pytest.mark.parametrize(
    "text",
    [
        "jane call voicemail " + "left msg about audit and more words " * 400, "a" * 16_000, "a+" * 8_000, "<" * 16_000,
        "1:" * 8_000, "jane " * 3_000, "tue " * 4_000, "(" * 16_000, "a@" * 8_000, "wants " * 3_000, "in 2 " * 3_000,
        "callback " * 2_000, "+1 " * 5_000, "x" + ", busy" * 3_000, "'" * 16_000, "a'" * 8_000, "wants a " * 2_000,
        "yesterday " * 2_000, "vm callback thu 9:00 " * 900, "9:30 vm " * 2_000, "3pm Tokyo " * 1_500,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_long_lines_take_no_more_than_their_length(text):
    began = time.perf_counter()
    read(text)
    assert time.perf_counter() - began < 1.5


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("tim bell voicemail; ruth vance no answer", "ruth vance no answer"),
        ("tim bell voicemail, ruth vance not interested", "ruth vance not interested"),
        ("tim bell voicemail; ruth no answer", "ruth no answer"),
        ("tim bell voicemail; ruth vance meeting booked tue 15:00", "ruth vance meeting booked tue 15:00"),
        ("tim bell voicemail; he was busy", ""),
        ("tim bell connected, CEO not interested", ""),
        ("tim bell connected, case study sent", ""),
        ("tim bell voicemail, no answer", ""),
        ("tim bell vm, callback tue 15:00", ""),
    ],
)
def test_what_came_of_somebody_else_is_not_the_first_ones(text, rest):
    draft = read(text)
    assert draft.rest == rest
    assert draft.who.query == "tim bell"
    assert rest in draft.note
    if rest:
        assert (draft.outcome, draft.when, draft.complete) == (Outcome.VOICEMAIL, None, True)


def test_a_name_behind_the_second_outcome_is_the_only_person_of_the_line():
    draft = read("voicemail; jane doe no answer")
    assert (draft.who.query, draft.rest) == ("jane doe", "")
