"""Reads the names that CRMs, Windows and Ruby on Rails give to time zones, and abbreviations, as IANA names."""

import re
from functools import cache, lru_cache

from tzlocal.windows_tz import win_tz

from markets.models.workspaces import timezone_names

IANA_NAME = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+)+")
OFFSET = re.compile(r"\(?(?:UTC|GMT)?\s*([+\u2212-])\s*(\d{1,2})(?::?([0-5]\d)|\.([05])0?)?\)?", re.IGNORECASE)
OFFSET_BEFORE = re.compile(r"\((?:UTC|GMT)[^)]*\)\s*", re.IGNORECASE)
BROKEN_HOURS = {
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+9:30": "Australia/Darwin",
    "-2:30": "America/St_Johns",
    "-3:30": "America/St_Johns",
    "-9:30": "Pacific/Marquesas",
}
NAMES = {
    "America/New_York": "est, edt, et, eastern, eastern time, us eastern, eastern time us & canada",
    "America/Chicago": "cst, cdt, ct, central, central time, us central, central time us & canada",
    "America/Denver": "mst, mdt, mt, mountain, mountain time, us mountain, mountain time us & canada",
    "America/Los_Angeles": "pst, pdt, pt, pacific, pacific time, us pacific, pacific time us & canada",
    "America/Anchorage": "akst, akdt, alaska, alaska time",
    "Pacific/Honolulu": "hst, hawaii, hawaii time",
    "America/Phoenix": "arizona",
    "America/Indiana/Indianapolis": "indiana east",
    "America/Halifax": "ast, adt, atlantic time, atlantic time canada",
    "America/St_Johns": "nst, ndt, newfoundland",
    "America/Regina": "saskatchewan",
    "America/Guatemala": "central america",
    "America/Sao_Paulo": "brt, brasilia",
    "America/Nuuk": "greenland",
    "Atlantic/Cape_Verde": "cape verde is.",
    "Europe/London": "bst, uk, british time, british summer time, greenwich mean time",
    "Europe/Lisbon": "wet, west",
    "Europe/Berlin": "cet, cest, mez, mesz, central european time, central european summer time",
    "Europe/Athens": "eet, eest, eastern european time",
    "Europe/Moscow": "msk, moscow time",
    "Africa/Lagos": "wat, west central africa",
    "Africa/Johannesburg": "sast",
    "Asia/Kolkata": "indian standard time",
    "Asia/Dubai": "gst",
    "Asia/Singapore": "sgt",
    "Asia/Hong_Kong": "hkt",
    "Asia/Tokyo": "jst",
    "Asia/Seoul": "kst",
    "Australia/Sydney": "aest, aedt",
    "Australia/Adelaide": "acst, acdt",
    "Australia/Perth": "awst",
    "Pacific/Auckland": "nzst, nzdt",
    "Pacific/Guadalcanal": "solomon is.",
    "Pacific/Noumea": "new caledonia",
    "Pacific/Majuro": "marshall is.",
    "Pacific/Chatham": "chatham is.",
    "Pacific/Fakaofo": "tokelau is.",
    "Pacific/Pago_Pago": "international date line west, midway island",
}
CITIES = {
    "America/New_York": (
        "Boston, Philadelphia, Washington, Washington DC, Miami, Atlanta, Charlotte, Baltimore, Pittsburgh, "
        "Cleveland, Cincinnati, Orlando, Tampa, Raleigh, Buffalo, Hartford, Stamford, New York City, NYC, "
        "Manhattan, Brooklyn"
    ),
    "America/Chicago": (
        "Dallas, Houston, Austin, San Antonio, Fort Worth, Minneapolis, St. Louis, Saint Louis, New Orleans, "
        "Nashville, Memphis, Milwaukee, Omaha, Oklahoma City, Tulsa, Kansas City"
    ),
    "America/Denver": "Salt Lake City, Albuquerque, Colorado Springs, Santa Fe",
    "America/Phoenix": "Scottsdale, Tucson, Tempe",
    "America/Los_Angeles": (
        "San Francisco, San Diego, San Jose, Seattle, Oakland, Sacramento, Las Vegas, Palo Alto, Irvine, "
        "Beverly Hills, Santa Monica, LA, SF"
    ),
    "America/Toronto": "Montreal, Montréal, Ottawa, Quebec City, Québec",
    "America/Edmonton": "Calgary",
    "America/Sao_Paulo": "Rio de Janeiro, Brasilia, Brasília, São Paulo, Belo Horizonte",
    "America/Bogota": "Medellín, Medellin, Bogotá",
    "America/Mexico_City": "Guadalajara, Ciudad de México",
    "America/Guayaquil": "Quito",
    "Europe/London": "Manchester, Leeds, Liverpool, Bristol, Glasgow, Edinburgh, Cardiff, Belfast, Sheffield",
    "Europe/Berlin": (
        "Munich, München, Frankfurt, Frankfurt am Main, Hamburg, Cologne, Köln, Düsseldorf, Dusseldorf, "
        "Stuttgart, Leipzig, Nuremberg, Nürnberg, Hannover, Hanover, Bremen, Dresden, Mannheim"
    ),
    "Europe/Vienna": "Wien, Graz, Salzburg, Linz, Innsbruck",
    "Europe/Zurich": "Zürich, Geneva, Genève, Genf, Basel, Bern, Lausanne, Zug, Lugano",
    "Europe/Paris": "Lyon, Marseille, Toulouse, Nice, Bordeaux, Lille, Strasbourg, Nantes",
    "Europe/Madrid": "Barcelona, Seville, Sevilla, Bilbao",
    "Europe/Rome": "Milan, Milano, Roma, Turin, Torino, Napoli, Bologna, Florence, Firenze, Venice, Venezia",
    "Europe/Lisbon": "Porto, Lisboa",
    "Europe/Amsterdam": "Rotterdam, The Hague, Den Haag, Utrecht, Eindhoven",
    "Europe/Brussels": "Antwerp, Antwerpen, Ghent, Gent, Bruxelles, Brussel",
    "Europe/Copenhagen": "København, Aarhus",
    "Europe/Stockholm": "Gothenburg, Göteborg, Malmö",
    "Europe/Warsaw": "Warszawa, Krakow, Kraków, Wrocław, Gdańsk",
    "Europe/Prague": "Praha, Brno",
    "Europe/Bucharest": "București, Cluj-Napoca",
    "Europe/Kyiv": "Kiev, Kyiv, Lviv",
    "Europe/Moscow": "St. Petersburg, Saint Petersburg",
    "Africa/Johannesburg": "Cape Town, Pretoria, Durban",
    "Africa/Lagos": "Abuja",
    "Africa/Casablanca": "Rabat",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Jerusalem": "Tel Aviv, Tel Aviv-Yafo, Haifa",
    "Asia/Kolkata": (
        "Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Hyderabad, Pune, Gurgaon, Gurugram"
    ),
    "Asia/Colombo": "Sri Jayawardenepura",
    "Asia/Karachi": "Islamabad, Lahore",
    "Asia/Shanghai": "Beijing, Shenzhen, Guangzhou",
    "Asia/Tokyo": "Osaka, Kyoto, Nagoya, Sapporo, Yokohama",
    "Asia/Bangkok": "Hanoi",
    "Asia/Almaty": "Astana",
    "Australia/Sydney": "Canberra",
    "Pacific/Auckland": "Wellington, Christchurch",
    "Pacific/Tongatapu": "Nuku'alofa",
}
"""Large cities without a zone of their own name. Names that are large cities in two zones (Portland, Birmingham,
Cambridge) are left out."""
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
AROUND = re.compile(r"^(greater|metro) |( city)?( metropolitan)? (area|region)$")


def read_timezone(text: str) -> str:
    """The IANA name that the text means; empty if it means none."""
    return _read_timezone(text.strip()[:200])


@lru_cache(maxsize=1000)
def _read_timezone(text: str) -> str:
    text = text.replace("_slash_", "/")
    if "/" in text:
        if text in timezone_names():
            return text
        if match := IANA_NAME.search(text.replace(" ", "_") if "(" not in text else text):
            return _iana_names().get(match[0].casefold(), "")
        return _iana_names().get(text.replace(" ", "_").casefold(), "")
    if match := OFFSET.fullmatch(text):
        return _by_offset(match)
    name = OFFSET_BEFORE.sub("", text)
    if name in timezone_names() and name.casefold() not in _abbreviations():
        return name
    known = next((zone for part in (name, *name.split(",")) if (zone := _by_name(part))), "")
    if known:
        return known
    if (match := OFFSET.match(text)) and text.startswith("("):
        return _by_offset(match)
    return ""


def zone_of_city(city: str) -> str:
    """The time zone of a large city; empty if the name is not one or could be several."""
    return _zone_of_city(city[:200]) if city else ""


@lru_cache(maxsize=10_000)
def _zone_of_city(city: str) -> str:
    name, _, rest = city.partition(",")
    zone = _cities().get(AROUND.sub("", _key(name)), "")
    state = rest.strip().partition(",")[0].strip()
    is_state = len(state) == 2 and state.isascii() and state.isupper()
    return "" if is_state and not zone.startswith("America/") and state not in ("UK", "DE", "FR") else zone


def _by_name(name: str) -> str:
    key = _key(name)
    return _names().get(key, "") or _cities().get(key, "")


def _key(name: str) -> str:
    return " ".join(re.sub(r"[()]", " ", name.casefold()).replace("_", " ").split())


def _by_offset(match: re.Match[str]) -> str:
    sign = "-" if match[1] != "+" else "+"
    hours, minutes = int(match[2]), "30" if match[4] == "5" else match[3] or "00"
    if minutes != "00":
        return BROKEN_HOURS.get(f"{sign}{hours}:{minutes}", "")
    if not hours:
        return "UTC"
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"  # the sign of these names is the other way round
    return name if name in timezone_names() else ""


@cache
def _iana_names() -> dict[str, str]:
    return {name.casefold(): name for name in timezone_names()}


@cache
def _names() -> dict[str, str]:
    return {name.casefold(): zone for name, zone in win_tz.items()} | _abbreviations()


@cache
def _abbreviations() -> dict[str, str]:
    return {name: zone for zone, names in NAMES.items() for name in names.split(", ")}


@cache
def _cities() -> dict[str, str]:
    """Zones by the names of cities, their own first."""
    own: dict[str, set[str]] = {}
    for zone in timezone_names():
        region, _, city = zone.partition("/")
        if region in REGIONS and city:
            own.setdefault(_key(city.rpartition("/")[2]), set()).add(zone)
    listed = {_key(name): zone for zone, names in CITIES.items() for name in names.split(", ")}
    return {name: min(zones, key=len) for name, zones in own.items()} | listed
