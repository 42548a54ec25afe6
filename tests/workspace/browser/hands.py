"""Two ways to use a page, with the same words: by pointing, and by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

MOST_TABS = 250


def again(page: Page) -> Page:
    """The page asked for anew, which Chromium refuses while it still changes to the one that answered a press."""
    page.wait_for_load_state()
    page.reload()
    return page


class Pointing:
    """As with a mouse or a finger."""

    def press(self, page: Page, button: Locator) -> None:
        """Press a button, or follow a link."""
        button.click()

    def fill(self, page: Page, field: Locator, text: str) -> None:
        """Write into a field."""
        field.fill(text)

    def write(self, page: Page, field: Locator, text: str) -> None:
        """Write into the editor, where one is."""
        page.locator(".r-write").first.wait_for()
        field.click()
        page.keyboard.type(text)

    def choose(self, page: Page, radio: Locator) -> None:
        """Choose one of several."""
        page.locator(f"label[for={radio.get_attribute('id')}]").click()


class Keyboard(Pointing):
    """Tab, arrows, Enter and Space: what is not reached by them is not there."""

    def _go_to(self, page: Page, wanted: Locator) -> None:
        handle = wanted.element_handle()
        for _ in range(MOST_TABS):
            if page.evaluate("one => document.activeElement === one", handle):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} times Tab did not reach {wanted}")

    def press(self, page: Page, button: Locator) -> None:
        """Enter works on buttons and links."""
        self._go_to(page, button)
        page.keyboard.press("Enter")

    def fill(self, page: Page, field: Locator, text: str) -> None:
        """Write over what stands there."""
        self._go_to(page, field)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    def write(self, page: Page, field: Locator, text: str) -> None:
        """The editor takes keys as a field does."""
        page.locator(".r-write").first.wait_for()
        self._go_to(page, field)
        page.keyboard.type(text)

    def choose(self, page: Page, radio: Locator) -> None:
        """Into the group by Tab, along it by arrows."""
        group = page.locator(f"input[type=radio][name={radio.get_attribute('name')}]")
        for _ in range(MOST_TABS):
            if page.evaluate("() => document.activeElement.name") == radio.get_attribute("name"):
                break
            page.keyboard.press("Tab")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        assert radio.is_checked()
