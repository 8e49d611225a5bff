"""The headings of contact exports: Apollo, HubSpot, Salesforce, Sales Navigator and our own.

What must stay true: a heading means one thing; a column we do not know is kept as it came, in ``extra``.
"""

from typing import Final

from bot.intake.csv_reading import heading_key

# For each fact, headings as `heading_key` leaves them; where a file has several of them the first filled one counts.
_HEADINGS: Final[dict[str, str]] = {
    "email": "email emailaddress primaryemail workemail businessemail contactemail personemail mail",
    "first_name": "firstname givenname first",
    "last_name": "lastname surname familyname last",
    "name": "name fullname contactname leadname personname",
    "title": "title jobtitle contacttitle",
    "company": "companyname company companyaccount accountname account organization organisation employer"
    " currentcompany associatedcompany",
    "domain": "companydomain companydomainname domain website companywebsite websiteurl webaddress",
    "phone": "workdirectphone directphone mobilephone phonenumber mobilephonenumber phone mobile telephone workphone"
    " businessphone otherphone corporatephone companyphone",
    "linkedin": "personlinkedinurl linkedinurl linkedin linkedinprofile linkedinprofileurl profileurl"
    " contactlinkedinprofileurl",
    "country": "country countryregion mailingcountry personcountry",
    "company_country": "companycountry billingcountry accountcountry",
    "timezone": "timezone",
    "industry": "industry companyindustry",
    "employees": "employees numberofemployees noofemployees employeecount companysize companyheadcount headcount",
    "owner": "contactowner leadowner owner owneremail contactowneremail ownername hubspotowner",
    "account_owner": "accountowner accountowneremail companyowner companyowneremail accountexecutive",
    "csm": "csm csmemail customersuccessmanager customersuccessmanageremail customersuccess customersuccessowner",
    "strategic": "strategic strategicaccount isstrategic keyaccount",
    "partner": "partner channelpartner ispartner partneraccount",
    "enroll": "enroll enrol enrollrep enrolrep cadence cadencerep",
    "do_not_call": "donotcall donotcalldnc dnc",
    "do_not_email": "emailoptout hasoptedoutofemail unsubscribed unsubscribedfromallemail optedoutofemail donotemail",
    "consent_basis": "consentbasis basisofconsent",
    "consent_given": "consentgivenon consentgiven consentgivenat dateofconsent",
    "consent_expires": "consentexpireson consentexpires consentexpiry consentexpiresat",
    "consent_text": "consenttext consentwording",
    "id:apollo": "apollocontactid",
    "id:hubspot": "recordid recordidcontact hubspotid",
    "id:salesforce": "salesforceid leadid contactid id",
}
MEANING: Final = {key: fact for fact, keys in _HEADINGS.items() for key in keys.split()}
_RANK: Final = {key: rank for keys in _HEADINGS.values() for rank, key in enumerate(keys.split())}


class Columns:
    """Which cells of a row hold which fact."""

    def __init__(self, headings: list[str]) -> None:
        keys = [heading_key(heading) for heading in headings]
        self.facts: dict[str, list[int]] = {}
        self.others: list[tuple[int, str]] = []
        for place, key in enumerate(keys):
            if key in MEANING:
                self.facts.setdefault(MEANING[key], []).append(place)
            elif headings[place]:
                self.others.append((place, headings[place]))
        for places in self.facts.values():
            places.sort(key=lambda place: _RANK[keys[place]])
        self.headings = headings

    def has(self, *facts: str) -> bool:
        """Whether the file has a column for any of ``facts``."""
        return any(fact in self.facts for fact in facts)

    def filled(self, cells: list[str], fact: str) -> list[int]:
        """Return the places of the cells that say something of ``fact``, best first."""
        return [place for place in self.facts.get(fact, ()) if cells[place]]
