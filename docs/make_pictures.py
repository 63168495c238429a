"""Take the pictures of README and docs from a running demo.

    python docs/make_pictures.py http://127.0.0.1:8000 official-suzhou PASSWORD

Needs Playwright and a Chromium, neither of which the product or its tests need.
"""
# ruff: noqa: INP001  a script beside the pages it writes, never imported as a package

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
PAGE = "/programmes/DEMO-CLINICS"


def main() -> None:
    address, name, password = sys.argv[1:]
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for language in ("en", "zh-CN"):
            for width, suffix in ((1280, ""), (360, "-phone")):
                context = browser.new_context(viewport={"width": width, "height": 780}, locale=language)
                page = context.new_page()
                page.goto(f"{address}/sign-in")
                page.fill("input[name=name]", name)
                page.fill("input[name=password]", password)
                page.press("input[name=password]", "Enter")
                page.wait_for_load_state()
                page.goto(address + PAGE)
                whole = width > 1000
                page.screenshot(path=IMAGES / f"completion-{language}{suffix}.png", full_page=whole)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
