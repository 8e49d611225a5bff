"""One person as the exports of different tools write them."""

APOLLO = (
    "First Name,Last Name,Title,Company Name,Email,Seniority,# Employees,Industry,Person Linkedin Url,Website,City,"
    "Country,Mobile Phone,Corporate Phone,Apollo Contact Id,Do Not Call,Stage\n"
    'Siobhán,O\'Brien,"VP, Sales",Umber & Co.,Siobhan@Umber.example,Vp,"1,200",Retail,https://p.example/in/so,'
    "https://www.umber.example,Dublin,Ireland,'+353 1 443 1234,+1 415 555 0100,ap1,false,Cold\n"
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Lifecycle Stage,Company name\n"
    "5501,Siobhán,O'Brien,siobhan@umber.example,+353 1 443 1234,Ada Lindqvist,New,Customer,Umber\n"
)
SALESFORCE = (
    "FirstName;LastName;Email;Title;Company;MobilePhone;Lead Owner;Lead Status;Id\n"
    "Siobhán;O'Brien;siobhan@umber.example;VP Sales;Umber;+35314431234;;Open;00Q5f00000abcde\n"
)
REPORT = (
    "First Name|Last Name|Primary Email|Company / Account|Title|Phone\n"
    "Siobhán|O'Brien|siobhan@umber.example|Umber|VP Sales|+353 1 443 1234\n"
)
OURS = (
    "name,email_address,company_name,company_domain,phone,country\n"
    '"O\'Brien, Siobhán",<siobhan@umber.example>,Umber,umber.example,01 443 1234,ie\n'
)
