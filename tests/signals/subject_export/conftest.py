from tests.signals.contacts.conftest import zelda as zelda
