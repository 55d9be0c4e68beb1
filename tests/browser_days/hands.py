"""What somebody does on a page, counted: clicks and keys. Letters that are typed into a field are not counted."""

from playwright.sync_api import Locator, Page, expect


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.keys = 0
        self._wait()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()
        self._wait()

    def choose_file(self, target: Locator, file: dict[str, object]) -> None:
        """The click that opens the dialog of the system; what is clicked there is not the portal's."""
        self.clicks += 1
        target.set_input_files(file)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)
        self._wait()

    def tab_to(self, target: Locator) -> None:
        """Goes on from field to field, as one does without a mouse."""
        for _ in range(80):
            if target.evaluate("each => each === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"The key Tab does not lead to {target}.")

    def find(self, text: str, *moves: str) -> None:
        """Opens what the palette finds first, or where the keys of `moves` lead."""
        self.press("/")
        self.write(text)
        expect(self.page.get_by_text(f"All results for “{text}”")).to_be_visible()
        self.press(*moves, "Enter")

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def _wait(self) -> None:
        self.page.wait_for_load_state()
        expect(self.page.locator(".htmx-request")).to_have_count(0)
