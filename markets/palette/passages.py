from markets.search.folding import fold

LENGTH = 110


def passage(text: str, searched: str) -> str:
    """The part of a long text around the first searched word that it has; else its beginning."""
    text = " ".join(text.split())
    if len(text) <= LENGTH:
        return text
    folded = fold(text)
    places = [place for word in fold(searched).split() if (place := folded.find(word)) >= 0]
    start = max(0, min(places, default=0) - LENGTH // 3)
    start = min(text.find(" ", start) + 1 if start else 0, len(text))
    end = text.rfind(" ", start, start + LENGTH) if start + LENGTH < len(text) else len(text)
    end = end if end > start else start + LENGTH
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
