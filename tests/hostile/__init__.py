"""A corpus of malformed and malicious files. Every one must end in a report by row or in a clear refusal."""

from tests.hostile.books import BOOKS
from tests.hostile.cells import CELLS
from tests.hostile.files import HostileFile
from tests.hostile.logs import LOGS
from tests.hostile.others import OTHERS
from tests.hostile.tables import TABLES
from tests.hostile.texts import TEXTS

CORPUS: list[HostileFile] = [*TEXTS, *CELLS, *LOGS, *BOOKS, *OTHERS, *TABLES]
