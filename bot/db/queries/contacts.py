"""Finding people as they are typed: addresses, phone numbers, names, companies, slips of the fingers.

What must stay true: every step is a range or an equality of an index with a LIMIT, so that a million contacts
cost what a thousand do; what is found is only proposed, ``bot.domain.names`` decides who is meant.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import bindparam, func, select, union
from sqlalchemy.orm import Session

from bot.db.models import Contact, Lead, LivingMessage, NameToken, Person, Touch
from bot.db.queries import name_search
from bot.db.queries.name_search import AFTER, ENOUGH, People, Word, parameters, people, shape_of
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.domain.matching import normalise_email, read_phone
from bot.domain.name_words import fold, tokens
from bot.domain.names import Candidate, NameQuery, rank
from bot.domain.notices import View

_ONE_WORD: Final = 300
"""Index rows read for a single word."""
_MANY_WORDS: Final = 3000
"""Index rows read for the rarest of several words."""
_RESPELL_AMONG: Final = 4000
"""Distinct words read when a slip of the fingers is looked for."""
_RESPELL_LIKENESS: Final = 0.72
_MOST_WORDS: Final = 6


def find_contacts(session: Session, query_text: str, actor_id: UUID | None, limit: int = 10) -> list[Candidate]:
    """People that ``query_text`` may mean, best first, own ones before others of like score; at most ``limit``.

    An exact e-mail address finds its owner only, a phone number, however it is written, those who have it. Words that
    no name begins with are tried as slips of the fingers.
    """
    query = NameQuery.read(query_text)
    if query.email is not None:
        address = normalise_email(query.email) or query.email
        exact = _candidates(session, _BY_EMAIL, actor_id, address=address)
        if exact:
            return exact
    if query.phone is not None:
        exact = _candidates(session, _BY_PHONE, actor_id, numbers=_ways_to_read(session, query.phone))
        if exact:
            return sorted(exact, key=lambda one: not one.mine)[:limit]
    found = _by_words(session, _words_of(query), actor_id)
    return [ranked.candidate for ranked in rank(query, found)][:limit]


def suggest_contacts(session: Session, typed: str, actor_id: UUID, limit: int = 20) -> list[Candidate]:
    """People for a typeahead; with nothing typed, own open leads and whom the actor touched last."""
    if fold(typed):
        return find_contacts(session, typed, actor_id, limit)
    mine = (
        select(Lead.contact_id)
        .where(Lead.owner_id == actor_id, Lead.closed_at.is_(None))
        .order_by(Lead.id.desc())
        .limit(limit)
    )
    recent = (
        select(Touch.contact_id)
        .where(Touch.person_id == actor_id, Touch.undone_at.is_(None))
        .order_by(Touch.happened_at.desc())
        .limit(limit)
    )
    either = union(select(mine.subquery().c.contact_id), select(recent.subquery().c.contact_id)).subquery()
    these = people().join(either, either.c.contact_id == Contact.id)
    found = _candidates(session, these.limit(2 * limit), actor_id)
    newest = sorted(found, key=lambda one: one.last_touched.timestamp() if one.last_touched else 0.0, reverse=True)
    return sorted(newest, key=lambda one: not one.mine)[:limit]


def contact_by_email(session: Session, address: str) -> UUID | None:
    """The contact with exactly this address."""
    known = normalise_email(address)
    return run(session, _WHOSE, address=known).scalar() if known else None


def contact_of_lead(session: Session, lead_id: UUID) -> UUID | None:
    """Whose lead it is."""
    return session.scalar(select(Lead.contact_id).where(Lead.id == lead_id))


def contact_of_card(session: Session, channel: str | None, ts: str, named: Sequence[UUID]) -> UUID | None:
    """The contact of a lead's card, by where it stands in Slack, else by the ids on its buttons."""
    subject = session.scalar(
        select(LivingMessage.subject_id).where(
            LivingMessage.channel == channel, LivingMessage.ts == ts, LivingMessage.view == View.LEAD_ALERT.value
        )
    )
    for lead_id in [UUID(subject)] if subject else named:
        contact_id = contact_of_lead(session, lead_id)
        if contact_id is not None:
            return contact_id
    return None


def contact_candidate(session: Session, contact_id: UUID) -> Candidate | None:
    """One contact, as a choice shows them."""
    found = _candidates(session, people().where(Contact.id == contact_id), None)
    return found[0] if found else None


def _ways_to_read(session: Session, typed: str) -> list[str]:
    """The numbers that ``typed`` may be, as they are stored: read in the playbook's country and in our people's.

    Without its plus a number may also begin with the country's code.
    """
    in_force: PlaybookInForce = session.info["playbook"]
    ours = session.scalars(select(Person.country).where(Person.active.is_(True)).distinct())
    countries = dict.fromkeys((in_force.playbook.people.country, *(country for country in ours if country)))
    read = [read_phone(typed, country).e164 for country in countries]
    read += [read_phone("+" + typed.lstrip("+(0 "), country).e164 for country in list(countries)[:1]]
    return [number for number in dict.fromkeys(read) if number]


def _words_of(query: NameQuery) -> list[Word]:
    words = [*query.words, *query.company]
    if not words and query.email is not None:
        words = fold(query.email.partition("@")[0]).split()
    return [tuple(tokens(word)) for word in dict.fromkeys(words)][:_MOST_WORDS]


def _by_words(session: Session, words: list[Word], actor_id: UUID | None) -> list[Candidate]:
    if len(words) == 1:
        found = _search(session, words, actor_id, _ONE_WORD)
        if found:
            return found
    counts = _counts(session, words) if len(words) > 1 else [0] * len(words)
    known = [word for _, word in sorted(zip(counts, words, strict=True), key=lambda pair: pair[0]) if _]
    unknown = [word for count, word in zip(counts, words, strict=True) if not count]
    respelled = [other for word in unknown if (other := _respelled(session, word))]
    for these in (respelled + known, known, respelled):
        if these and (found := _search(session, these, actor_id, _MANY_WORDS)):
            return found
    # No one person fits all the words: some of them belong to a note perhaps.
    each = [one for word in (*known, *respelled) for one in _search(session, [word], actor_id, _ONE_WORD)]
    return list({one.id: one for one in each}.values())


def _counts(session: Session, words: list[Word]) -> list[int]:
    """How many index rows begin with each word, counted no further than needed to compare."""
    return list(run(session, name_search.counts(shape_of(words)), **parameters(words)).one())


def _search(session: Session, words: list[Word], actor_id: UUID | None, depth: int) -> list[Candidate]:
    """People found by the first word who have all the others too."""
    shape, typed = shape_of(words), parameters(words)
    found = _candidates(session, name_search.search(shape, depth), actor_id, **typed)
    if len(found) == ENOUGH and actor_id is not None:
        # More than are ranked: the asker's own open leads must not be among those left out.
        own = _candidates(session, name_search.own(shape), actor_id, **typed)
        found = list({one.id: one for one in (*own, *found)}.values())
    return found


def _respelled(session: Session, word: Word) -> Word:
    """Words of the index that ``word`` may be a slip of; among those that share its first two letters."""
    typed = word[0]
    if len(typed) < 3:
        return ()
    known: list[str] = []
    for start in {typed[:2], typed[1] + typed[0]}:
        known.extend(_distinct(session, start))
    close = process.extract(
        typed, known, scorer=OSA.normalized_similarity, score_cutoff=_RESPELL_LIKENESS, limit=_MOST_WORDS
    )
    return tuple(token for token, _, _ in close)


def _distinct(session: Session, start: str) -> Sequence[str]:
    """Each word once that begins with ``start``, by hopping from one to the next in the index."""
    end = start + AFTER
    first = select(func.min(NameToken.token).label("token")).where(NameToken.token >= start, NameToken.token < end)
    hop = first.cte("hop", recursive=True)
    following = (
        select(func.min(NameToken.token))
        .where(NameToken.token > hop.c.token, NameToken.token < end)
        .correlate(hop)
        .scalar_subquery()
    )
    hop = hop.union_all(select(following).where(hop.c.token.is_not(None)))
    return session.scalars(select(hop.c.token).where(hop.c.token.is_not(None)).limit(_RESPELL_AMONG)).all()


def _candidates(session: Session, statement: People, actor_id: UUID | None, **also: object) -> list[Candidate]:
    return [
        Candidate(
            id=row.id,
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email,
            company=row.company,
            mine=bool(row.mine) and actor_id is not None,
            last_touched=row.last_touched_at,
            phone=row.phone,
        )
        for row in run(session, statement, asker=actor_id, **also)
    ]


# Built once: putting a statement together costs more than running it.
_BY_PHONE = people().where(Contact.phone.in_(bindparam("numbers", expanding=True))).limit(ENOUGH)
_BY_EMAIL = people().where(Contact.email == bindparam("address"))
_WHOSE = select(Contact.id).where(Contact.email == bindparam("address"))
