"""A headless Chromium whose microphone is a file, and the few things that the test of the page does with it."""

import base64
import pathlib
import time

from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

DROP = """
const [name, data] = arguments;
const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
const transfer = new DataTransfer();
transfer.items.add(new File([bytes], name));
for (const type of ["dragenter", "dragover", "drop"])
  document.body.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
"""


class Browser:
    """One window. Everything that the console reports as an error is kept in `complaints`."""

    def __init__(self, address, microphone=None, folder=None):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--autoplay-policy=no-user-gesture-required"):
            options.add_argument(argument)
        if microphone:
            options.add_argument("--use-fake-ui-for-media-stream")
            options.add_argument("--use-fake-device-for-media-stream")
            options.add_argument(f"--use-file-for-fake-audio-capture={microphone}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if folder:
            options.add_experimental_option("prefs", {"download.default_directory": str(folder), "profile.default_content_setting_values.automatic_downloads": 1})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        # axe takes long on a busy machine.
        self.driver.set_script_timeout(180)
        self.address = address
        self.resize(1280, 900)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def resize(self, width, height, dark=False, calm=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                    {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        time.sleep(0.4)

    def open(self, view="live"):
        self.driver.get(f"{self.address}/#{view}")
        self.wait(lambda: self.text("#trained") not in ("", "…"), "the page does not show what the model was trained on")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.find(selector).get_property("textContent").strip()

    def click(self, selector):
        self.find(selector).click()

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition, message, seconds=120):
        return WebDriverWait(self.driver, seconds, 0.1).until(lambda _: condition(), message)

    def drop(self, path):
        self.run(DROP, pathlib.Path(path).name, base64.b64encode(pathlib.Path(path).read_bytes()).decode())

    def bars(self, container):
        """The probabilities that bars show, by label, in per cent. Those of the bars, because the numbers beside them are rounded."""
        rows = self.run("return [...document.querySelectorAll(arguments[0] + ' .bar')].map(row => [row.querySelector('.name').textContent,"
                        "row.querySelector('.number').textContent, row.querySelector('.groove span').style.getPropertyValue('--value')])", container)
        shown = {name: (number, 100 * float(value)) for name, number, value in rows if number != "–"}
        for name, (number, value) in shown.items():
            assert abs(int(number.split("\u202f")[0]) - value) <= 0.51, f"{name} has a bar of {value} and the number {number}"
        return {name: value for name, (_, value) in shown.items()}

    def violations(self):
        """Serious and critical findings of axe, as text."""
        found = Axe().run(self.driver)["violations"]
        return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"]]

    def overflow(self):
        """By how many pixels the page is wider than the window."""
        return self.run("return document.documentElement.scrollWidth - window.innerWidth")

    def picture(self, path):
        """A picture of the whole page, not of the window only."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        area = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": area})
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
