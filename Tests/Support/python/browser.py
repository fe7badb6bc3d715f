"""Looks at pages in Chromium: widths, light and dark, console, axe, keyboard. Reads a JSON object from standard input:
{"base": URL, "pages": [paths], "shots": folder or null, "deep": whether axe and the keyboard are tried}, and prints what
is wrong, a line each. Exit code 0 means that it looked at all of them."""

import json
import pathlib
import sys

import axe_playwright_python
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

AXE = pathlib.Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
SERIOUS = {"serious", "critical"}


def browser():
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(option)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def size(driver, width, height=900):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def scheme(driver, name):
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]}
    )


def shot(driver, folder, name, width):
    if not folder:
        return
    size(driver, width)
    height = driver.execute_script("return document.documentElement.scrollHeight")
    size(driver, width, min(max(height, 600), 4000))
    driver.save_screenshot(str(pathlib.Path(folder) / f"{name}.png"))


def overflow(driver):
    return driver.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def hidden_navigation(driver):
    """How far the navigation scrolls sideways: pages beyond the edge are not seen."""
    return driver.execute_script(
        "return Math.max(0,...[...document.querySelectorAll('.side,.side nav')].map(e=>e.scrollWidth-e.clientWidth))"
    )


def axe(driver):
    driver.execute_script(AXE)
    result = driver.execute_async_script(
        "const done=arguments[0];axe.run(document,{resultTypes:['violations']}).then(r=>done(r.violations))"
    )
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in result
        if one["impact"] in SERIOUS
    ]


def focus_is_visible(driver):
    """Tabs through the first elements; each must be drawn differently while it has the focus."""
    for place in range(6):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        seen = driver.execute_script(
            "const e=document.activeElement;if(!e||e===document.body)return 'nothing has the focus';"
            "const s=getComputedStyle(e),a=getComputedStyle(e,'::after');"
            "const has=s=>s.outlineStyle!=='none'&&parseFloat(s.outlineWidth)>=2;"
            "return has(s)||has(a)?null:e.outerHTML.slice(0,120)"
        )
        if seen == "nothing has the focus" and place > 0:
            return None  # behind the last element
        if seen:
            return f"tab {place + 1}: the focus cannot be seen: {seen}"
    return None


def main():
    task = json.load(sys.stdin)
    driver = browser()
    wrong = []
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"X-Test-User": "dana"}})
    try:
        for path in task["pages"]:
            name = task.get("name", "") + "-" + (path.strip("/").split("?")[0].replace("/", "_") or "front")
            size(driver, 1400)
            scheme(driver, "light")
            driver.get(task["base"] + path)
            for message in driver.get_log("browser"):
                # A page that is not there is told as such, and nothing else may be missing.
                if message["message"].startswith(task["base"] + path + " - Failed to load"):
                    continue
                if message["level"] in ("SEVERE", "WARNING"):
                    wrong.append(f"{path}: console: {message['message']}")
            for theme in ("light", "dark"):
                scheme(driver, theme)
                for width in (1400, 375, 320, 2560) if theme == "light" else (1400, 375):
                    size(driver, width)
                    if (more := overflow(driver)) > 0:
                        wrong.append(f"{path}: {more} px too wide at {width} px")
                    if (more := hidden_navigation(driver)) > 0:
                        wrong.append(f"{path}: {more} px of the navigation are hidden at {width} px")
                    if width in (1400, 375):
                        if task.get("deep", True) and (width == 1400 or theme == "light"):
                            wrong += [f"{path}: {theme}, {width} px: {one}" for one in axe(driver)]
                        shot(driver, task.get("shots"), f"{name}-{theme}-{width}", width)
            scheme(driver, "light")
            size(driver, 1400)
            if task.get("deep", True):
                driver.execute_script("document.activeElement.blur();window.getSelection().removeAllRanges();scrollTo(0,0)")
                if problem := focus_is_visible(driver):
                    wrong.append(f"{path}: {problem}")
    finally:
        driver.quit()
    print("\n".join(wrong))


main()
