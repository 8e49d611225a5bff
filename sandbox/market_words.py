"""What the made-up market is put together from. All invented combinations; no company of this world is meant."""

from typing import Final

CULTURES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "english": (
        ("Jane", "Oliver", "Grace", "Harry", "Amelia", "Tom", "Ruth", "Declan", "Siobhán", "Jack", "Nora", "Ewan"),
        ("Doe", "O'Brien", "Smith", "Whitfield", "O'Neill", "Harlow", "Pemberton-Shaw", "Ashdown", "MacKay", "Thorne"),
    ),
    "american": (
        ("Jane", "Marcus", "Tanya", "Caleb", "Denise", "Jordan", "Priscilla", "Wes", "Latoya", "Hank", "Mia", "Eli"),
        ("Johnson", "Smith", "Garcia", "Washington", "Okafor", "D'Angelo", "Kowalski", "Reyes", "Van Dyke", "Boone"),
    ),
    "german": (
        ("Jürgen", "Anke", "Sören", "Heike", "Jörg", "Käthe", "Matthias", "Ulrike", "Björn", "Lena", "Anna-Lena"),
        (
            "Müller",
            "Schröder",
            "Weiß",
            "von der Heide",
            "Groß",
            "Köhler",
            "Brandstätter",
            "Mueller",
            "Ziegler",
            "Lüders",
        ),
    ),
    "french": (
        ("Chloé", "François", "Zoé", "Benoît", "Hélène", "Jean-Luc", "Maëlle", "Théo", "Agnès", "Loïc"),
        ("Lefèvre", "D'Aubigny", "Dubois", "Béranger", "de La Tour", "Gauthier", "N'Diaye", "Crépin", "L'Hôpital"),
    ),
    "spanish": (
        ("José", "Lucía", "Íñigo", "María José", "Álvaro", "Begoña", "Raúl", "Inés", "Óscar", "Nuria"),
        ("García Núñez", "Ibáñez", "Peña", "de la Fuente", "Muñoz", "Echeverría", "Castaño", "Güell", "Rey"),
    ),
    "nordic": (
        ("Åsa", "Søren", "Bjørn", "Linnéa", "Mårten", "Freja", "Håkon", "Päivi", "Eero", "Ingrid"),
        ("Ødegård", "Åkesson", "Nyström", "Kjær", "Hämäläinen", "Lindqvist", "Sørensen", "Þórsdóttir", "Bergström"),
    ),
    "polish": (
        ("Łukasz", "Agnieszka", "Paweł", "Małgorzata", "Michał", "Zofia", "Krzysztof", "Żaneta", "Stanisław"),
        ("Wójcik", "Nowak", "Łęcki", "Zając", "Kamińska-Róg", "Śliwa", "Ćwik", "Dąbrowski", "Ostrowska"),
    ),
    "turkish": (
        ("Ayşe", "Çağlar", "Işıl", "Ömer", "Gülşen", "Emre", "Şebnem", "Barış", "Defne"),
        ("Yılmaz", "Öztürk", "Şahin", "Çelik", "Güneş", "Aydın", "Kılıç", "Doğan"),
    ),
    "indian": (
        ("Priya", "Arjun", "Lakshmi", "Rohan", "Ananya", "Vikram", "Meera", "Sanjay", "Kavya", "Dev"),
        ("Iyer", "Nair", "Chaudhary", "Deshpande", "Venkataraman", "Kaur", "Bose", "Mehta", "Rao"),
    ),
    "japanese": (
        ("Haruka", "Kenji", "Yūki", "Aiko", "Daichi", "Sakura", "Ren", "Mio", "Shōta"),
        ("Tanaka", "Ōno", "Kobayashi", "Fujimoto", "Sasaki", "Itō", "Yamashita", "Kondō"),
    ),
    "chinese": (
        ("Li", "Xiuying", "Wei", "Jing", "Haoran", "Mei", "Zihan", "Yu", "Qiang"),
        ("Wang", "Li", "Zhang", "Lü", "Ouyang", "Zhao", "Xu", "Ng"),
    ),
    "vietnamese": (
        ("Thảo", "Đức", "Hạnh", "Quốc", "Ngọc Anh", "Tuấn", "Linh", "Phúc"),
        ("Nguyễn", "Trần", "Đặng", "Phạm", "Võ", "Huỳnh", "Lê"),
    ),
    "arabic": (
        ("Omar", "Layla", "Yūsuf", "Fatima Zahra", "Khalid", "Noor", "Samir", "Rania", "Ibrahim"),
        ("al-Masri", "Haddad", "ben Youssef", "El Amrani", "Khoury", "Abdel-Rahman", "Saad", "Qabbani"),
    ),
    "african": (
        ("Chinwe", "Kwame", "Adaobi", "Thabo", "Wanjiru", "Sipho", "Ọlá", "Amara", "Tendai"),
        ("Okonkwo", "Mensah", "Ndlovu", "Adébáyọ̀", "Kamau", "Diallo", "Mbeki-Jones", "Asante"),
    ),
    "dutch": (
        ("Sanne", "Joost", "Femke", "Maarten", "Anouk", "Daniël", "Lotte", "Ruud", "Zoë"),
        ("van der Berg", "de Vries", "'t Hart", "van den Broek", "Jansen", "Kuijpers", "ter Horst", "IJsselstein"),
    ),
}
PLACES: Final = (
    # City, state|area code where it has one, country, calling code, culture.
    ("Portland", "Oregon|503", "United States", "1", "american"),
    ("Columbus", "Ohio|614", "United States", "1", "american"),
    ("Austin", "Texas|512", "United States", "1", "american"),
    ("Boston", "Massachusetts|617", "United States", "1", "american"),
    ("Denver", "Colorado|303", "United States", "1", "american"),
    ("San Jose", "California|408", "United States", "1", "vietnamese"),
    ("Chicago", "Illinois|312", "United States", "1", "polish"),
    ("Toronto", "Ontario|416", "Canada", "1", "indian"),
    ("Vancouver", "British Columbia|604", "Canada", "1", "chinese"),
    ("London", "", "United Kingdom", "44", "english"),
    ("London", "", "United Kingdom", "44", "african"),
    ("Dublin", "", "Ireland", "353", "english"),
    ("Berlin", "", "Germany", "49", "german"),
    ("Berlin", "", "Germany", "49", "turkish"),
    ("Paris", "", "France", "33", "french"),
    ("Madrid", "", "Spain", "34", "spanish"),
    ("Stockholm", "", "Sweden", "46", "nordic"),
    ("Utrecht", "", "Netherlands", "31", "dutch"),
    ("Warsaw", "", "Poland", "48", "polish"),
    ("Dubai", "", "United Arab Emirates", "971", "arabic"),
    ("Pune", "", "India", "91", "indian"),
    ("Singapore", "", "Singapore", "65", "chinese"),
    ("Osaka", "", "Japan", "81", "japanese"),
    ("Sydney", "New South Wales", "Australia", "61", "english"),
    ("Nairobi", "", "Kenya", "254", "african"),
)
COMPANY_ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "United States": ("Inc.", "LLC", "Corp.", "", "& Co."),
    "Canada": ("Inc.", "Ltd.", ""),
    "United Kingdom": ("Ltd", "PLC", "LLP", ""),
    "Ireland": ("Ltd", ""),
    "Germany": ("GmbH", "AG", "GmbH & Co. KG", "UG"),
    "France": ("SAS", "SARL", "S.A."),
    "Spain": ("S.L.", "S.A."),
    "Sweden": ("AB",),
    "Netherlands": ("B.V.", "N.V."),
    "Poland": ("Sp. z o.o.", "S.A."),
    "United Arab Emirates": ("LLC",),
    "India": ("Pvt Ltd", "Ltd"),
    "Singapore": ("Pte Ltd",),
    "Japan": ("K.K.", ""),
    "Australia": ("Pty Ltd",),
    "Kenya": ("Ltd",),
}
_STARTS: Final = """
    Quill Thistle Umber Larch Fennel Ochre Pebble Juniper Marrow Tarn Sable Wren Bramble Cobalt Drift Ember Gannet
    Heron Indigo Kestrel Lumen Mallow Nettle Osprey Plover Rowan Saffron Teasel Velvet Willow Yarrow Zephyr Alder
"""
_MIDDLES: Final = """
    wick holm ford gate mere stead combe field brook well croft dale moor haven ridge stone wold shaw beck thorpe ley
    march quay spire lund fjord
"""
COMPANY_STARTS: Final = tuple(_STARTS.split())
COMPANY_MIDDLES: Final = tuple(_MIDDLES.split())
INDUSTRIES: Final[dict[str, tuple[str, ...]]] = {
    "Logistics & Supply Chain": ("Freight", "Logistics", "Haulage", "Cold Chain"),
    "Hospital & Health Care": ("Clinics", "Care", "Diagnostics"),
    "Machinery": ("Pumps", "Tooling", "Bearings", "Works"),
    "Insurance": ("Mutual", "Insurance", "Underwriting"),
    "Retail": ("Outfitters", "Homeware", "Stores"),
    "Computer Software": ("Systems", "Software", "Labs", "Data"),
    "Construction": ("Builders", "Construction", "Joinery"),
    "Renewables & Environment": ("Wind", "Solar", "Recycling"),
    "Food Production": ("Foods", "Bakeries", "Dairy"),
    "Financial Services": ("Capital", "Lending", "Payments"),
    "Education Management": ("Academy", "Learning"),
    "Hospitality": ("Hotels", "Resorts"),
}
TITLES: Final = (
    ("Chief Executive Officer", "C suite", "C-Suite"),
    ("Chief Financial Officer", "C suite", "Finance"),
    ("COO", "C suite", "Operations"),
    ("Founder & Managing Director", "Founder", "C-Suite"),
    ("VP Sales", "Vp", "Sales"),
    ("VP of Operations", "Vp", "Operations"),
    ("Head of Procurement", "Head", "Operations"),
    ("Head of IT", "Head", "Information Technology"),
    ("Head of People", "Head", "Human Resources"),
    ("Director, Customer Service", "Director", "Support"),
    ("Director of Marketing", "Director", "Marketing"),
    ("Finance Manager", "Manager", "Finance"),
    ("Plant Manager", "Manager", "Operations"),
    ("Marketing Manager (EMEA)", "Manager", "Marketing"),
    ("Senior Buyer", "Senior", "Operations"),
    ("Software Engineer", "Entry", "Engineering"),
    ("Executive Assistant", "Entry", "Operations"),
    ("Working Student", "Intern", "Marketing"),
)
KEYWORDS: Final = (
    "planning",
    "fleet",
    "field service",
    "audit",
    "returns",
    "scheduling",
    "quality",
    "onboarding",
    "ESG",
)
TECHNOLOGIES: Final = ("spreadsheets", "in-house ERP", "paper forms", "data warehouse", "helpdesk", "web shop")
