"""E-mails from the playbook's templates (process §5)."""

from collections import Counter
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest

from bot.domain.drafts_mail import (
    MailDraft,
    Occasion,
    choose_template,
    gmail_address,
    mail_address,
    make_draft,
    own_draft,
    segment_of,
    variant_of,
)
from bot.playbook.load import default_playbook
from bot.playbook.schema import Playbook
from bot.playbook.schema.texts import MailTemplate

RULES = default_playbook()
FACTS = {
    "first_name": "Jane",
    "company": "Acme",
    "fact": "You open a second plant.",
    "credibility": "Teams of your size use us.",
    "rep_name": "Sam Okafor",
    "our_company": "Brightpath",
}


def with_templates(**templates: MailTemplate) -> Playbook:
    return RULES.model_copy(update={"mail": RULES.mail.model_copy(update={"templates": templates})})


def template(**values: object) -> MailTemplate:
    return MailTemplate.model_validate(
        {"step": 1, "purpose": "time", "subject": "Hello", "body": "Hello {first_name}"} | values
    )


def test_an_opening_is_filled_in_with_what_is_known() -> None:
    draft = make_draft(RULES, Occasion(1, False), "jane@acme.example", FACTS, "1 High Street, Leeds")
    assert draft.ready
    assert draft.subject == "Who looks after this at Acme?"
    assert draft.body.startswith("Hello Jane,\n\nYou open a second plant.")
    assert draft.body.endswith("Brightpath\n\n1 High Street, Leeds")
    assert draft.hints == ()


def test_a_missing_fact_stops_the_draft_and_is_named() -> None:
    known = {name: value for name, value in FACTS.items() if name not in ("fact", "company")}
    draft = make_draft(RULES, Occasion(1, False), None, known, None)
    assert not draft.ready
    assert draft.missing == ("email", "company", "fact")
    assert draft.lacks == ("their e-mail address", "their company", "one noted fact about them")


def test_without_a_template_the_draft_says_so() -> None:
    draft = make_draft(with_templates(only=template(step=2)), Occasion(1, False), "j@a.example", FACTS, "x")
    assert draft.missing == ("template",)


def test_segment_goes_before_any_and_the_variant_before_another() -> None:
    rules = with_templates(
        plain=template(), b=template(variant="b"), core=template(segment="core"), reply=template(purpose="reply")
    )
    chosen = [
        choose_template(rules, occasion)
        for occasion in (
            Occasion(1, False),
            Occasion(1, False, "other", "b"),
            Occasion(1, False, "core", "b"),
            Occasion(1, True),
            Occasion(2, False),
        )
    ]
    assert [found[0] if found else None for found in chosen] == ["plain", "b", "core", "reply", None]


def test_a_follow_up_that_outlasts_its_templates_takes_the_last() -> None:
    rules = with_templates(one=template(purpose="reply"), three=template(purpose="reply", step=3))
    found = [choose_template(rules, Occasion(step, True)) for step in (1, 2, 3, 7)]
    assert [one[0] for one in found if one] == ["one", "one", "three", "three"]


def test_long_texts_and_many_links_get_a_hint() -> None:
    long = "word " * (RULES.touch_list.long_draft_words + 1) + "https://a.example https://b.example"
    hints = own_draft(RULES, "j@a.example", "Hello", long).hints
    assert len(hints) == 2
    assert "93 words" in hints[0]
    assert own_draft(RULES, "j@a.example", "Hello", "Short.").hints == ()


@pytest.mark.parametrize("body", ["Hello Jane,\n\n50% & more? #1 =\tüñ 👋", "a+b\r\nc"])
def test_what_opens_is_the_whole_text(body: str) -> None:
    draft = MailDraft("jane+1@acme.example", "A & B?", body)
    address = mail_address(draft)
    assert address is not None
    to, _, query = address.removeprefix("mailto:").partition("?")
    assert unquote(to) == draft.to
    assert parse_qs(query) == {"subject": ["A & B?"], "body": [body.replace("\r\n", "\n").replace("\n", "\r\n")]}
    in_gmail = gmail_address(draft)
    assert in_gmail is not None
    opened = parse_qs(urlsplit(in_gmail).query)
    assert (opened["to"], opened["su"], opened["body"]) == ([draft.to], [draft.subject], [body])


def test_a_text_that_no_address_holds_opens_as_nothing_rather_than_as_half() -> None:
    draft = MailDraft("jane@acme.example", "Hello", "ü" * 1000)
    assert mail_address(draft) is None
    assert gmail_address(draft) is None


def test_a_company_belongs_to_the_first_segment_that_nothing_speaks_against() -> None:
    assert segment_of(RULES, "Casting", 200, "DE") == "core"
    assert segment_of(RULES, None, None, None) == "core"
    assert segment_of(RULES, None, 3, None) is None


def test_variants_are_split_evenly_and_stay_with_the_person() -> None:
    rules = with_templates(a=template(), b=template(variant="b"), c=template(variant="c"))
    people = [UUID(int=number) for number in range(3000)]
    split = Counter(variant_of(rules, one, "core") for one in people)
    assert set(split) == {"a", "b", "c"}
    assert all(abs(count - 1000) < 130 for count in split.values()), "five standard deviations"
    assert [variant_of(rules, one, "core") for one in people[:50]] == [
        variant_of(rules, one, None) for one in people[:50]
    ]


def test_only_variants_that_somebody_can_get_are_given() -> None:
    rules = with_templates(a=template(), b=template(variant="b"), core=template(segment="core"))
    people = [UUID(int=number) for number in range(50)]
    assert {variant_of(rules, one, "core") for one in people} == {"a"}
    assert {variant_of(rules, one, None) for one in people} == {"a", "b"}
    assert variant_of(rules, people[0], None, follow_up=True) is None
