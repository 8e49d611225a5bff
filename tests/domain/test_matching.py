import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching import (
    best_company,
    company_domain,
    company_name_key,
    is_free_mail,
    likeness,
    normalise_email,
    read_phone,
    registrable_domain,
)
from bot.playbook.load import default_playbook

PLAYBOOK = default_playbook()


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Jane.Doe@ACME.com ", "jane.doe@acme.com"),
        ("mailto:jane@acme.com", "jane@acme.com"),
        ("<jane@acme.com>", "jane@acme.com"),
        ("jürgen@müller.de", "jürgen@xn--mller-kva.de"),
        ("o'brien+news@acme.co.uk", "o'brien+news@acme.co.uk"),
        ("jane@acme", None),
        ("jane", None),
        ("jane@acme..com", None),
        ("a b@acme.com", None),
        ("", None),
        ("@acme.com", None),
        ("a@b@acme.com", None),
    ],
)
def test_addresses_are_compared_in_one_form(text, email):
    assert normalise_email(text) == email


@given(st.emails())
def test_a_normal_address_stays_as_it_is(address):
    once = normalise_email(address)
    assert once is None or normalise_email(once) == once


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("jane@mail.acme.co.uk", "acme.co.uk"),
        ("https://www.Acme.com/about?x=1", "acme.com"),
        ("http://user@acme.com:8080/", "acme.com"),
        ("acme.test", "acme.test"),
        ("a.b.acme.example", "acme.example"),
        ("müller.de", "xn--mller-kva.de"),
        ("co.uk", None),
        ("localhost", None),
        ("192.168.0.1", None),
        ("not a domain", None),
        ("", None),
    ],
)
def test_the_registrable_domain_is_found(text, domain):
    assert registrable_domain(text) == domain


def test_a_free_mail_domain_is_nobodys_company():
    assert company_domain("jane@gmail.com") is None
    assert company_domain("jane@web.de") is None
    assert company_domain(None) is None
    assert company_domain("jane@acme.com") == "acme.com"
    assert is_free_mail("yahoo.co.uk")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme, Inc.", "acme"),
        ("ACME GmbH & Co. KG", "acme"),
        ("Müller A.G.", "muller"),
        ("Crédit Agricole S.A.", "credit agricole"),
        ("The Widget Company", "widget"),
        ("株式会社 Acme", "acme"),
        ("Acme G. m. b. H.", "acme"),
        ("Johnson & Johnson", "johnson and johnson"),
        ("Co", "co"),
        ("AG", "ag"),
        ("L'Oréal", "loreal"),
        ("!!!", ""),
    ],
)
def test_a_company_name_loses_what_does_not_name_it(name, key):
    assert company_name_key(name) == key


@given(st.text(max_size=60))
def test_a_legal_form_changes_no_key(name):
    key = company_name_key(name)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", key)
    if key:
        assert company_name_key(name + " GmbH") == key


def test_a_misspelt_company_is_recognised():
    known = [(1, "acme logistics"), (2, "globex"), (3, "initech")]
    assert best_company("Acme Logistic GmbH", known, PLAYBOOK)[0] == 1
    assert best_company("Logistics Acme", known, PLAYBOOK)[0] == 1
    assert best_company("Umbrella", known, PLAYBOOK) is None
    assert best_company("", known, PLAYBOOK) is None
    assert best_company("Acme", [], PLAYBOOK) is None


def test_two_companies_equally_alike_are_not_guessed_between():
    assert best_company("Globex", [(1, "globex"), (2, "globex")], PLAYBOOK) is None


def test_numbers_in_names_must_agree():
    assert likeness("studio 54 entertainment group", "studio 55 entertainment group") == 0


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("(212) 555-0123", "US", "+12125550123"),
        ("+49 30 901820", "US", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("2.125550123E9", "US", "+12125550123"),
        ("2,125550123e+9", "US", "+12125550123"),
        ("4.93090182E+9", "DE", "+4930901820"),
        ("2.12555E+09", "US", None),
        ("4.930901820E+9", "DE", "+4930901820"),
        ("3.01E9", "US", None),
        ("12", "US", None),
        ("call me", "US", None),
        ("", "US", None),
    ],
)
def test_phones_are_read_and_never_made_up(text, country, e164):
    phone = read_phone(text, country)
    assert phone.e164 == e164
    assert (phone.problem is None) == (e164 is not None)


def test_a_phone_cut_short_by_a_spreadsheet_says_so():
    assert read_phone("3.01E9", "US").problem == (
        "A spreadsheet cut this phone number short: 3.01E9. Format the column as text."
    )
