"""Files that somebody might send in, by mistake or on purpose: whatever they are, they end in a report or a refusal."""

from tests.hostile.books import BOOKS
from tests.hostile.cells import CELLS
from tests.hostile.files import HostileFile
from tests.hostile.logs import LOGS
from tests.hostile.others import OTHERS
from tests.hostile.texts import TEXTS

CORPUS: list[HostileFile] = [*TEXTS, *CELLS, *LOGS, *BOOKS, *OTHERS]
