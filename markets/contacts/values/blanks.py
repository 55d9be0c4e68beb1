"""Words for nothing, which exports and people write into cells that should be empty."""

NOTHING = frozenset(
    {
        *("-", "--", "---", "–", "—", ".", "?", "??", "???", "/", "n/a", "na", "n.a.", "n/a.", "#n/a", "#na", "n\\a"),
        *("none", "null", "nil", "nan", "<null>", "(null)", "[null]", "\\n", "(none)", "<none>", "[none]", "undefined"),
        *("#ref!", "#value!", "#name?", "#null!", "#num!", "#div/0!", "#error!", "#empty", "(blank)", "blank", "empty"),
        *("unknown", "not available", "not known", "not provided", "not given", "not applicable", "not set", "n/k"),
        *("tbd", "tba", "tbc", "no data", "no value", "missing", "unavailable", "private", "withheld"),
        *("no email", "no e-mail", "no phone", "no number", "no phone number", "no mobile", "no url", "no linkedin"),
        *("request mobile number", "request phone number", "request phone", "request email", "request number"),
        *("k.a.", "k. a.", "ka", "keine", "keiner", "kein", "keine angabe", "keine angaben", "unbekannt", "leer"),
        *("aucun", "aucune", "néant", "neant", "inconnu", "inconnue", "non renseigné", "non renseigne", "s.o."),
        *("ninguno", "ninguna", "s/o", "s/n", "n/d", "n.d.", "nd", "sin datos", "desconocido", "no disponible"),
        *("nessuno", "nessuna", "sconosciuto", "non disponibile", "nenhum", "nenhuma", "desconhecido", "não informado"),
        *("geen", "onbekend", "n.v.t.", "nvt", "brak", "нет", "неизвестно", "なし", "无", "無", "не указано"),
    }
)
LONGEST_BLANK = max(map(len, NOTHING))


def means_nothing(text: str) -> bool:
    return len(text) <= LONGEST_BLANK and text.casefold() in NOTHING
