"""Decides which channel and outcome a line's finds mean together.

What must stay true: a no outranks a talk, a do-not-call outranks everything; two outcomes that cannot both be
meant become a question; a find that is not used stays in the note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.domain.touch_draft import Option, Question, QuestionKind, say
from bot.domain.touch_hits import Hit, Sureness
from bot.domain.touch_text import Word
from bot.domain.touch_vocabulary import IMPLIED, WISHES, Sense


@dataclass(frozen=True, slots=True)
class Verdict:
    """Channel and outcome, the hit that gave the outcome, and all hits that were used up.

    ``wish_at``: the word where a wished-for booking begins ("wants a meeting booked").
    """

    channel: Channel | None = None
    outcome: Outcome | None = None
    main: Hit | None = None
    used: tuple[Hit, ...] = ()
    questions: tuple[Question, ...] = ()
    assumed: tuple[str, ...] = ()
    wish_at: int | None = None


_RANK: Final = {
    Outcome.DO_NOT_CALL: 9,
    Outcome.OPTED_OUT: 9,
    Outcome.MEETING_BOOKED: 8,
    Outcome.REFERRAL: 7,
    Outcome.CALLBACK: 7,
    Outcome.RESCHEDULED: 6,
    Outcome.NO_SHOW: 6,
    Outcome.NOT_INTERESTED: 6,
    Outcome.REPLY_NEGATIVE: 6,
    Outcome.NOT_NOW: 6,
    Outcome.OUT_OF_OFFICE: 6,
    Outcome.BOUNCED: 6,
    Outcome.WRONG_NUMBER: 6,
    Outcome.REPLY_POSITIVE: 5,
    Outcome.THEY_RESPONDED: 5,
    Outcome.HELD: 4,
    Outcome.VOICEMAIL: 3,
    Outcome.GATEKEEPER: 3,
    Outcome.CONNECTED: 2,
    Outcome.SENT: 2,
}
"""A higher one replaces a lower one in the same line; the same rank twice is a question."""
_DECISIVE: Final = 6
_CLEAR: Final = 5
"""From here on an outcome is never pushed aside by a callback."""
_MISSED: Final = frozenset([Outcome.VOICEMAIL, Outcome.NO_ANSWER])
_TRIED: Final = _MISSED | {Outcome.CONNECTED}
_WEAK: Final = frozenset([Outcome.CONNECTED, Outcome.NO_ANSWER, Outcome.HELD])
_ASK_FOR_EMAIL: Final = (Outcome.REPLY_POSITIVE, Outcome.REPLY_NEGATIVE, Outcome.NOT_NOW, Outcome.REFERRAL)
_SAID: Final = frozenset(["said", "says", "told", "spoke", "talked", "asked"])


def judge(text: str, words: Sequence[Word], meant: Sequence[Hit], others: Sequence[Hit]) -> Verdict:
    """What the finds mean. ``others`` count only when ``meant`` has no outcome: then a single one is taken."""
    named = next((hit for hit in meant if hit.term.sense == Sense.CHANNEL), None)
    channel = named.term.channel if named else None
    replied = any(hit.term.sense == Sense.REPLY for hit in meant)
    wish_at = _wish_before(words, meant)
    read = [(hit, outcome) for hit in meant if (outcome := _outcome(hit, channel, replied)) is not None]
    booked_wish = wish_at is not None
    if booked_wish:
        others = [hit for hit in others if hit.term.outcome != Outcome.MEETING_BOOKED]
        read = [(hit, outcome) for hit, outcome in read if outcome != Outcome.MEETING_BOOKED]
    if read:
        verdict = _weigh(text, words, read, meant, channel)
    elif replied:
        verdict = _reply(channel, meant, words)
    elif booked_wish:
        asked = (Outcome.REPLY_POSITIVE,) if channel == Channel.EMAIL else (Outcome.CONNECTED, Outcome.REPLY_POSITIVE)
        verdict = Verdict(channel, questions=(_ask(asked),), used=_channels(meant, channel))
    else:
        verdict = _from_note(text, words, meant, others, channel)
    if not booked_wish:
        return verdict
    return Verdict(
        verdict.channel, verdict.outcome, verdict.main, verdict.used, verdict.questions, verdict.assumed, wish_at
    )


def _outcome(hit: Hit, channel: Channel | None, replied: bool) -> Outcome | None:
    """The outcome of one find, given how it came about: "not interested" by e-mail is a negative reply."""
    sense, outcome = hit.term.sense, hit.term.outcome
    written = channel == Channel.EMAIL or (replied and channel is None)
    if sense == Sense.KEEN:
        if channel == Channel.SOCIAL:
            return Outcome.THEY_RESPONDED
        return Outcome.REPLY_POSITIVE if written else None
    if outcome == Outcome.NOT_INTERESTED and written:
        return Outcome.REPLY_NEGATIVE
    return outcome


def _weigh(
    text: str, words: Sequence[Word], read: Sequence[tuple[Hit, Outcome]], meant: Sequence[Hit], channel: Channel | None
) -> Verdict:
    hit, outcome = max(read, key=lambda pair: _RANK.get(pair[1], 1))
    found = list(dict.fromkeys(other for _, other in read))
    rivals = [other for other in found if _RANK.get(other, 1) == _RANK.get(outcome, 1) >= _DECISIVE]
    if outcome == Outcome.CALLBACK:
        rivals = [other for other in found if other in _MISSED or (other != outcome and _RANK.get(other, 1) >= _CLEAR)]
        rivals.append(outcome)
    elif outcome in _TRIED and Outcome.CONNECTED in found and not _through_to(words, read):
        rivals = [Outcome.CONNECTED, *(other for other in found if other in _MISSED)]
    if len(rivals) > 1:
        return Verdict(channel, questions=(_ask(rivals),), used=_channels(meant, channel))
    if hit.sureness == Sureness.MAYBE:
        return Verdict(channel, questions=(_ask_guess(text, words, hit, outcome),), used=_channels(meant, channel))
    told = [_told(text, words, hit)] if hit.sureness == Sureness.SURE else []
    taken, channel_told, questions = _channel(outcome, channel, meant, words, hit)
    used = [
        other
        for other in meant
        if other == hit
        or _says_no_more(other, outcome, words)
        or (other.term.sense == Sense.REPLY and taken == Channel.EMAIL)
    ]
    used += _channels(meant, taken)
    told += [_told(text, words, o) for o in _channels(meant, taken) if o.sureness == Sureness.SURE]
    return Verdict(taken, outcome, hit, tuple(dict.fromkeys(used)), questions, (*told, *channel_told))


def _through_to(words: Sequence[Word], read: Sequence[tuple[Hit, Outcome]]) -> bool:
    """Whether they were put through to a machine or nobody: "connected to voicemail"."""
    ends = [hit.last for hit, outcome in read if outcome == Outcome.CONNECTED]
    return any(at < len(words) and words[at].key in {"to", "with", "but"} for at in ends)


def _says_no_more(hit: Hit, outcome: Outcome, words: Sequence[Word]) -> bool:
    """Whether a find says nothing beside ``outcome``; that they talked is worth a word beside a callback."""
    if outcome == Outcome.CALLBACK and words[hit.last - 1].key not in {"to", "with", "of"}:
        return False
    return hit.term.outcome in _WEAK


def _channel(
    outcome: Outcome, named: Channel | None, meant: Sequence[Hit], words: Sequence[Word], main: Hit
) -> tuple[Channel | None, tuple[str, ...], tuple[Question, ...]]:
    """The channel named if it fits the outcome, else the one the outcome means, else what the words hint at."""
    if named is not None and outcome in OUTCOMES[named]:
        return named, (), ()
    implied = main.term.channel or IMPLIED.get(outcome)
    if outcome == Outcome.OPTED_OUT and named is None and not _says_mail(words, main):
        return implied, ("taken as no more e-mail; for calls, log “do not call” too",), ()
    if implied is not None:
        told: tuple[str, ...] = ()
        if named is not None and any(hit.term.channel == named and hit.first < main.first for hit in meant):
            told = (f"“{say(outcome)}” is logged as {_article(implied)}; “{say(named)}” stays in the note",)
        return implied, told, ()
    if any(hit.term.sense == Sense.REPLY for hit in meant):
        return Channel.EMAIL, (), ()
    if any(hit.term.outcome == Outcome.CONNECTED for hit in meant) or any(word.key in _SAID for word in words):
        return Channel.CALL, ("taken as a call",), ()
    fits = [channel for channel in (Channel.CALL, Channel.EMAIL) if outcome in OUTCOMES[channel]]
    return None, (), (Question(QuestionKind.CHANNEL, tuple(Option(say(c), c.value) for c in fits)),)


def _says_mail(words: Sequence[Word], main: Hit) -> bool:
    said = {word.key for word in words[main.first : main.last]}
    return any("mail" in key or key.startswith("unsub") for key in said)


def _reply(channel: Channel | None, meant: Sequence[Hit], words: Sequence[Word]) -> Verdict:
    """They wrote back and nothing says how: on social that is the outcome, by e-mail it is asked."""
    hit = next(hit for hit in meant if hit.term.sense == Sense.REPLY)
    if channel == Channel.SOCIAL:
        outcome = Outcome.THEY_RESPONDED if hit.first > 0 and not _follows_channel(hit, meant) else Outcome.REPLIED
        return Verdict(channel, outcome, hit, tuple(meant), assumed=(f"taken as “{say(outcome)}”",))
    if channel == Channel.CALL:
        used = (hit, *_channels(meant, channel))
        return Verdict(channel, Outcome.CONNECTED, hit, used, assumed=("taken as “connected”",))
    return Verdict(Channel.EMAIL, None, hit, (hit, *_channels(meant, Channel.EMAIL)), (_ask(_ASK_FOR_EMAIL),))


def _follows_channel(hit: Hit, meant: Sequence[Hit]) -> bool:
    return any(other.term.sense == Sense.CHANNEL and other.last == hit.first for other in meant)


def _from_note(
    text: str, words: Sequence[Word], meant: Sequence[Hit], others: Sequence[Hit], channel: Channel | None
) -> Verdict:
    """No outcome where one belongs: a single one inside the note is taken and told, several are asked."""
    unsure = next((hit for hit in (*meant, *others) if hit.term.sense == Sense.UNSURE), None)
    if unsure is not None and not any(hit.term.outcome for hit in others):
        fits = [one for one in unsure.term.choices if channel is None or one in OUTCOMES[channel]]
        asked_about = _ask(fits or unsure.term.choices, _quote(text, words, unsure))
        return Verdict(channel, questions=(asked_about,), used=_channels(meant, channel))
    keen = next((hit for hit in (*meant, *others) if hit.term.sense == Sense.KEEN), None)
    inside = [hit for hit in others if hit.term.outcome is not None]
    found = list(dict.fromkeys(hit.term.outcome for hit in inside if hit.term.outcome is not None))
    if channel is not None:
        found = [outcome for outcome in found if outcome in OUTCOMES[channel]] or found
    if len(found) == 1 and inside[0].sureness != Sureness.MAYBE:
        hit = next(hit for hit in inside if hit.term.outcome == found[0])
        taken, told, questions = _channel(found[0], channel, meant, words, hit)
        told = (f"“{_quote(text, words, hit)}” taken for the outcome", *told)
        return Verdict(taken, found[0], hit, _channels(meant, taken), questions, told)
    if len(found) == 1:
        return Verdict(
            channel, questions=(_ask_guess(text, words, inside[0], found[0]),), used=_channels(meant, channel)
        )
    if keen is not None and not found and channel == Channel.CALL:
        told = (f"“{_quote(text, words, keen)}”: taken as connected",)
        return Verdict(channel, Outcome.CONNECTED, keen, _channels(meant, channel), assumed=told)
    asked = found or (
        [Outcome.REPLY_POSITIVE, Outcome.CONNECTED] if keen else list(OUTCOMES[channel]) if channel else []
    )
    return Verdict(channel, questions=(_ask(asked),), used=_channels(meant, channel))


def wished_meeting(words: Sequence[Word], hit: Hit) -> bool:
    """Whether "meeting" only names what somebody would like."""
    named = hit.term.sense == Sense.CHANNEL and hit.term.channel == Channel.MEETING
    return named and _wish_at(words, hit) is not None


def _wish_before(words: Sequence[Word], meant: Sequence[Hit]) -> int | None:
    """Where the wish begins, if "booked" is wished for and not done."""
    booked = (hit for hit in meant if hit.term.outcome == Outcome.MEETING_BOOKED)
    return next((at for hit in booked if (at := _wish_at(words, hit)) is not None), None)


def _wish_at(words: Sequence[Word], hit: Hit) -> int | None:
    for at in range(hit.first, max(0, hit.first - 4), -1):
        if words[at].opens:
            return None
        if words[at - 1].key in WISHES:
            return at - 1
    return None


def _channels(meant: Sequence[Hit], channel: Channel | None) -> tuple[Hit, ...]:
    """The finds that name the channel which is taken; another channel's name stays in the note."""
    return tuple(hit for hit in meant if hit.term.sense == Sense.CHANNEL and hit.term.channel == channel)


def _ask(outcomes: Sequence[Outcome], about: str = "") -> Question:
    return Question(QuestionKind.OUTCOME, tuple(Option(say(outcome), outcome.value) for outcome in outcomes), about)


def _ask_guess(text: str, words: Sequence[Word], hit: Hit, outcome: Outcome) -> Question:
    return _ask([outcome], _quote(text, words, hit))


def _told(text: str, words: Sequence[Word], hit: Hit) -> str:
    meaning = hit.read_as or say(hit.term.outcome or hit.term.channel or Outcome.CONNECTED)
    return f"“{_quote(text, words, hit)}” read as {meaning}"


def _quote(text: str, words: Sequence[Word], hit: Hit) -> str:
    return text[words[hit.first].start : words[hit.last - 1].end]


def _article(channel: Channel) -> str:
    word = "social touch" if channel == Channel.SOCIAL else say(channel)
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
