"""The words reps use for channels and outcomes (process §6), with their short forms.

What must stay true: one phrase, one meaning; the longest phrase wins; keys are as ``touch_text`` makes them
(small letters, no apostrophes, "n/a" is two words).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.terms import Channel, Outcome


class Sense(StrEnum):
    """What a phrase tells: how, what came of it, that they wrote back or are keen, one of several, nothing."""

    CHANNEL = "channel"
    OUTCOME = "outcome"
    REPLY = "reply"
    KEEN = "keen"
    UNSURE = "unsure"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase's meaning. ``channel`` on an outcome is what the phrase itself says about how it came about.

    ``choices``: what an unsure phrase may mean.
    """

    sense: Sense
    outcome: Outcome | None = None
    channel: Channel | None = None
    choices: tuple[Outcome, ...] = ()


_CHANNELS: Final = {
    Channel.CALL: "call|called|calling|phone|phoned|phone call|phonecall|rang|ring|dial|dialed|dialled|cold call|"
    "cold called|tel|discovery call|follow up call|followup call",
    Channel.EMAIL: "email|e mail|mail|by email|by mail|via email",
    Channel.SOCIAL: "linkedin|linked in|li|social|twitter|xing|instagram|facebook|linkedin message|linkedin dm|dm|"
    "on linkedin|via linkedin",
    Channel.MEETING: "meeting|intro call|video call|zoom|zoom call|visit|visited|intro meeting|demo call",
}

_OUTCOMES: Final = {
    Outcome.CONNECTED: "connected|connect|talked|talked to|talked with|spoke|spoke to|spoke with|spoken|reached|"
    "got through|got through to|picked up|answered|got hold of|chatted|chatted with|chat with|had a call|"
    "had a good call|"
    "good call|great call|called back|live conversation|conversation|conversation with|connected with",
    Outcome.VOICEMAIL: "voicemail|voice mail|vm|vmail|lvm|lm|left vm|left a vm|left vmail|left voicemail|"
    "left a voicemail|"
    "left voice mail|left a voice mail|left message|left a message|left msg|left a msg|left her a message|"
    "left him a message|answering machine|went to voicemail|straight to voicemail|sent to voicemail|got voicemail",
    Outcome.NO_ANSWER: "no answer|noanswer|na|n a|didnt answer|did not answer|doesnt answer|not answered|"
    "didnt pick up|"
    "did not pick up|doesnt pick up|no pick up|no pickup|couldnt reach|could not reach|cant reach|not reached|"
    "unreachable|rang out|nobody picked up|nobody answered|no one answered|no one picked up|noone answered|"
    "unanswered|"
    "wasnt there|not there|not available|unavailable|not at desk|tried no answer",
    Outcome.BUSY: "busy|line busy|was busy|busy signal|busy tone|engaged|line engaged|line was busy",
    Outcome.GATEKEEPER: "gatekeeper|gate keeper|gk|assistant|receptionist|reception|secretary|front desk|switchboard|"
    "spoke to assistant|spoke to gatekeeper|spoke with assistant|blocked by gatekeeper|her assistant|his assistant",
    Outcome.WRONG_NUMBER: "wrong number|wrong nr|wrong phone|wrong phone number|bad number|invalid number|"
    "dead number|"
    "nis|not in service|number not in service|disconnected|number disconnected|number is wrong|number wrong|"
    "number doesnt work|wrongnumber",
    Outcome.CALLBACK: "callback|call back|cb|call me back|call her back|call him back|call them back|call again|"
    "ring back|"
    "phone back|call later|call back later|asked to call back|asked for callback|asked for a callback|wants callback|"
    "wants a callback|wants a call back|wants call back|requested callback|requested a callback|call back requested|"
    "callback requested|try again|call me again|call her again|call him again|will call back",
    Outcome.NOT_NOW: "not now|not right now|not yet|not at the moment|not this quarter|not this year|bad timing|"
    "wrong timing|timing is bad|bad time|circle back|check back|too early|on hold|no budget|no budget now|"
    "reach out again|get back in touch|notnow|ask again|revisit",
    Outcome.REFERRAL: "referral|referral to|referred|referred to|referred me to|referred us to|referred me|refers to|"
    "refers me to|pointed me to|pointed us to|points me to|sent me to|passed me to|passed me on to|introduced me to|"
    "put me in touch with|told me to talk to|told me to contact|said to talk to|said to contact|said to call|"
    "should talk to|should contact|right person is|right contact is|better contact is|intro to|ref to",
    Outcome.MEETING_BOOKED: "meeting booked|booked meeting|booked a meeting|booked the meeting|booked|demo booked|"
    "booked demo|booked a demo|call booked|booked a call|booked call|intro call booked|booked an intro call|"
    "booked intro call|intro booked|meeting set|set meeting|set a meeting|set up a meeting|set up meeting|"
    "meeting is set|meeting scheduled|scheduled meeting|scheduled a meeting|scheduled a demo|scheduled demo|"
    "demo scheduled|scheduled|appointment|appointment booked|appointment set|appt|appt set|appt booked|got a meeting|"
    "got meeting|meeting confirmed|agreed to meet|meeting agreed|demo set|set a demo|meetingbooked|mtg booked|"
    "booked mtg",
    Outcome.NOT_INTERESTED: "not interested|no interest|no thanks|no thank you|not for us|not for them|declined|"
    "said no|said no thanks|said no thank you|says no thanks|"
    "says no|hard no|notinterested|uninterested|not keen|isnt interested|wasnt interested|arent interested|"
    "is not interested|was not interested|no need|rejected|turned us down|turned me down|ni",
    Outcome.DO_NOT_CALL: "do not call|dont call|do not call again|dont call again|do not call anymore|dnc|"
    "never call again|"
    "no more calls|stop calling|opted out of calls|opt out of calls|opted out of phone calls|opted out of calling|"
    "asked not to be called|asked not to call|do not phone|donotcall|do not call list",
    Outcome.SENT: "sent|email sent|e mail sent|mail sent|sent email|sent mail|sent an email|sent an e mail|"
    "sent the email|"
    "sent a mail|sent her an email|sent him an email|emailed|e mailed|mailed|wrote to|sent over",
    Outcome.REPLY_POSITIVE: "reply positive|positive reply|positive|replied positively|positive response|"
    "replied positive|positive answer|replied yes|yes please|replied yes please|replied interested",
    Outcome.REPLY_NEGATIVE: "reply negative|negative reply|negative|negative response|replied negatively|"
    "replied negative|replied no thanks|"
    "negative answer|replied no",
    Outcome.OUT_OF_OFFICE: "ooo|oof|o o o|out of office|out of the office|outofoffice|autoreply|auto reply|"
    "auto response|"
    "autoresponder|on vacation|on holiday|on holidays|on leave|on pto|pto|away|is away|on parental leave|"
    "maternity leave|on maternity leave|parental leave|on sick leave|vacation",
    Outcome.BOUNCED: "bounced|bounce|bounced back|mail bounced back|email bounced back|"
    "hard bounce|hard bounced|email bounced|mail bounced|undeliverable|"
    "undelivered|not delivered|address unknown|bad address|bad email|invalid email|wrong email|wrong address",
    Outcome.OPTED_OUT: "opted out|opt out|opted out of email|opted out of emails|opted out of mail|opted out of mails|"
    "optout|optedout|unsubscribe|unsubscribed|unsub|stop|remove me|"
    "asked to be removed|take me off|take me off your list|remove from list|do not contact|dont contact|do not email|"
    "dont email|stop emailing|wants out",
    Outcome.FOLLOWED: "followed|follow|connection request|connect request|sent connection request|"
    "sent a connection request|invite sent|sent invite|followed on linkedin",
    Outcome.COMMENTED: "commented|comment|commented on|left a comment",
    Outcome.SHARED: "shared|reposted|retweeted|shared post",
    Outcome.REPLIED: "replied to her post|replied to his post|replied to their post|replied to post|"
    "replied to comment|"
    "replied to her comment|replied to his comment|replied to her|replied to him",
    Outcome.THEY_RESPONDED: "they responded|they replied|accepted|accepted invite|accepted my invite|"
    "accepted connection|"
    "accepted my request|accepted the request|connection accepted|liked my post|liked our post|commented on my post|"
    "followed back|followed us|follows us",
    Outcome.HELD: "held|meeting held|met|met with|had meeting|had a meeting|had the meeting|demo held|demo done|"
    "meeting done|took place|meeting took place|meeting happened|had the intro call|intro call held|had a demo",
    Outcome.NO_SHOW: "no show|noshow|no showed|didnt show|did not show|didnt show up|did not show up|never showed|"
    "never showed up|stood me up|ghosted",
    Outcome.RESCHEDULED: "rescheduled|reschedule|rescheduled to|moved to|moved the meeting|moved meeting|"
    "meeting moved|"
    "postponed|postponed to|meeting moved to|moved the meeting to",
}
_REPLIES: Final = (
    "replied|reply|wrote back|emailed back|mailed back|responded|got back|got back to me|got a reply|response|"
    "came back|answered by email|answered by mail|she replied|he replied|she responded|he responded|email reply"
)
_NO_CALLS_UNTIL: Final = "do not call until|dont call until|do not call till|dont call till"
_KEEN: Final = "interested|very interested|is interested|keen|very keen|sounds good|happy to talk|happy to chat|is keen"
_UNSURE: Final = {
    (Outcome.CONNECTED, Outcome.NOT_INTERESTED): "hung up|hung up on us|"
    "hung up on me|hangs up|hang up|hung up right away",
    (Outcome.REFERRAL, Outcome.NOT_INTERESTED, Outcome.CONNECTED): "wrong person|not the right person|wrong contact|"
    "not the right contact|not responsible|not in charge",
    (Outcome.WRONG_NUMBER, Outcome.REFERRAL, Outcome.NOT_INTERESTED): "left the company|has left the company|"
    "left the firm|left the business|no longer there|no longer with them|no longer with the company|no longer at|"
    "no longer works there|no longer works here|no longer works for|no longer works at|doesnt work there|"
    "does not work there|doesnt work there anymore|not with them anymore|not there anymore|has retired|is retired",
}
"""What has to be asked: which outcome it was is for the rep to say."""
_NOTHING: Final = (
    "reached out|follow up|followed up|following up|stop by|stopped by|busy season|call center|call centre|"
    "email address|"
    "mail address|phone number|booked out|fully booked|mail merge|email campaign|call list|positive that|"
    "next call|next meeting|before call|call notes|meeting room|assistant manager|reception desk|"
    "away from|sales call|shared with me|interested party|scheduled to send|no comment|"
) + "|".join(
    f"{no_calls} {limit}"
    # a wish with a limit is a note, and no suppression for good
    for no_calls in ("do not call", "dont call", "asked not to be called", "asked not to call", "do not phone")
    for limit in ("before", "after", "on", "in", "at", "during", "this", "next", "today", "tomorrow", "while", "when")
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS: Final = _set(
    "a an the to with and then but she he they it i we is was has had have just that said says please pls who "
    "will be got via by on s their her his out so hi im am are were been asked"
)
"""Words that join understood ones and carry nothing themselves."""
SOFT: Final = _set("today yesterday morning earlier twice again now this afternoon 1st 2nd 3rd")
"""Words that may stand between understood ones and stay in the note."""
STOPS: Final = _set(
    "about re regarding because and left wants wanted asked said says on but good great nice long short in "
    "until till who she he they will is was has told via over after before today yesterday tomorrow needs "
    "likes discussed back reached came signed downloaded visited attended sent wrote registered again for or "
    "not no"
)
"""Words that end a name in "called jane doe about the audit"."""
NEGATIONS: Final = _set("not no didnt never without isnt wasnt cant couldnt havent hasnt wont dont nor")
WISHES: Final = _set(
    "wants want wanted would could can should wish wishes maybe try trying hopes asks asked like interested "
    "need needs if when once might may"
)
"""Before "meeting booked" they make it a wish."""
NOT_TYPOS: Final = _set(
    "contacted corrected collected connection connections interest comments follows answer answers number "
    "meetings calls emails mails share shares interests contact replies conversations references business "
    "moved service person right wrong leave talking reaches reach picked through message messages positively "
    "callers caller"
)
"""Good words that lie close to one of the vocabulary."""

_Phrases = dict[str, list[tuple[tuple[str, ...], Term]]]


def _phrases() -> _Phrases:
    table: _Phrases = {}

    def add(phrases: str, term: Term) -> None:
        for phrase in phrases.split("|"):
            keys = tuple(phrase.split())
            table.setdefault(keys[0], []).append((keys, term))

    for channel, phrases in _CHANNELS.items():
        add(phrases, Term(Sense.CHANNEL, channel=channel))
    for outcome, phrases in _OUTCOMES.items():
        add(phrases, Term(Sense.OUTCOME, outcome))
    add(_NO_CALLS_UNTIL, Term(Sense.OUTCOME, Outcome.NOT_NOW, Channel.CALL))
    add(_REPLIES, Term(Sense.REPLY))
    add(_KEEN, Term(Sense.KEEN))
    for choices, phrases in _UNSURE.items():
        add(phrases, Term(Sense.UNSURE, choices=choices))
    add(_NOTHING, Term(Sense.NOTHING))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


_UNSPELT: Final = frozenset([Sense.NOTHING, Sense.UNSURE])


def _all_words(table: _Phrases) -> Iterable[str]:
    return (key for entries in table.values() for keys, term in entries if term.sense not in _UNSPELT for key in keys)


PHRASES: Final = _phrases()
"""By first word: the phrases that begin with it, longest first."""
KNOWN: Final = frozenset(key for entries in PHRASES.values() for keys, _ in entries for key in keys) | FILLERS | STOPS
SPELLINGS: Final = tuple(
    sorted({word for word in _all_words(PHRASES) if len(word) >= 4 and word not in FILLERS | STOPS})
)
"""The words a misspelling is compared with."""

IMPLIED: Final[dict[Outcome, Channel]] = {
    **dict.fromkeys(
        (
            Outcome.CONNECTED,
            Outcome.VOICEMAIL,
            Outcome.NO_ANSWER,
            Outcome.BUSY,
            Outcome.GATEKEEPER,
            Outcome.WRONG_NUMBER,
            Outcome.CALLBACK,
            Outcome.NOT_INTERESTED,
            Outcome.DO_NOT_CALL,
        ),
        Channel.CALL,
    ),
    **dict.fromkeys(
        (
            Outcome.SENT,
            Outcome.REPLY_POSITIVE,
            Outcome.REPLY_NEGATIVE,
            Outcome.OUT_OF_OFFICE,
            Outcome.BOUNCED,
            Outcome.OPTED_OUT,
        ),
        Channel.EMAIL,
    ),
    **dict.fromkeys(
        (Outcome.FOLLOWED, Outcome.REPLIED, Outcome.COMMENTED, Outcome.SHARED, Outcome.THEY_RESPONDED), Channel.SOCIAL
    ),
    **dict.fromkeys((Outcome.MEETING_BOOKED, Outcome.HELD, Outcome.NO_SHOW, Outcome.RESCHEDULED), Channel.MEETING),
}
"""The channel an outcome means when none is named. "Not now" and a referral can come by any."""

TIMED: Final = frozenset(
    [Outcome.CALLBACK, Outcome.NOT_NOW, Outcome.OUT_OF_OFFICE, Outcome.MEETING_BOOKED, Outcome.RESCHEDULED]
)
"""Outcomes that want a time (process §6: "(when)", "(until)")."""
