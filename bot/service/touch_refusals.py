"""What an outcome takes out of use: a number, an address, a consent (process §10).

What must stay true: a no outlives a new number or address, so it stands under both; each is noted, so that undo gives
it back.
"""

from sqlalchemy import update

from bot.db.models import Consent, Contact
from bot.domain.compliance import email_key, key_hash, phone_key
from bot.service.touch_effects import TouchInHand, suppress


def do_not_call(touch: TouchInHand) -> None:
    """Nobody calls them any more."""
    them = touch.them
    if them.phone:
        suppress(touch, "phone", key_hash("phone", phone_key(them.phone)), "call", "asked not to be called")
    if them.email:
        # Also under the address: the no outlives a new number.
        suppress(touch, "email", key_hash("email", email_key(them.email)), "call", "asked not to be called")
    known = them.phone or them.email
    touch.effects.sentences.append(
        "Nobody here will be offered to call them again."
        if known
        else "We have no number or address of theirs, so I cannot block calls by itself."
    )


def opted_out(touch: TouchInHand) -> None:
    """No e-mail goes to them any more; what they once agreed to is withdrawn."""
    if touch.them.email:
        key = key_hash("email", email_key(touch.them.email))
        suppress(touch, "email", key, "email", "opted out of e-mail")
    rows = touch.session.execute(
        update(Consent)
        .where(Consent.contact_id == touch.them.contact_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=touch.now)
        .returning(Consent.id)
        .execution_options(synchronize_session=False)
    ).all()
    if rows:
        touch.note("consents_withdrawn", consents=[str(row.id) for row in rows])
    touch.effects.sentences.append("No e-mail goes to this address any more.")


def bounced(touch: TouchInHand) -> None:
    """The address takes no mail."""
    if touch.them.email:
        suppress(touch, "email", key_hash("email", email_key(touch.them.email)), "email", "bounced")
        touch.effects.sentences.append("The address is blocked: mail to it comes back.")


def wrong_number(touch: TouchInHand) -> None:
    """The number is somebody else's: it leaves the card."""
    if not touch.them.phone:
        return
    touch.session.execute(
        update(Contact)
        .where(Contact.id == touch.them.contact_id)
        .values(phone=None)
        .execution_options(synchronize_session=False)
    )
    touch.note("phone", "I took the number off their card.", contact=touch.them.contact_id, was=touch.them.phone)
