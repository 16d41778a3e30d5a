#!/usr/bin/env python3
"""Tests the page of `stimmung serve` in headless Chromium.

    python3 Tests/page/page_test.py http://127.0.0.1:8080 demo/speech-1/wav --pictures pictures

The folder has at least three recordings as WAV with 16 bits; those of one person show best what a voice changes. Needs selenium and
axe-core-python, and Debian's chromium and chromium-driver. With --token the server must demand it, otherwise it must not.
Exits with status 1 and says what failed.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time
import traceback
import wave

from browser import Browser
from selenium.webdriver.common.keys import Keys


def join(paths, target, pause=1.2):
    """Recordings one after the other, with pauses, in the format of the first; others are left out."""
    with wave.open(str(paths[0])) as first:
        layout = first.getparams()
    silence = b"\0" * (int(layout.framerate * pause) * layout.sampwidth * layout.nchannels)
    with wave.open(str(target), "wb") as output:
        output.setparams(layout)
        output.writeframes(silence)
        for path in paths:
            with wave.open(str(path)) as recording:
                if recording.getparams()[:3] == layout[:3]:
                    output.writeframes(recording.readframes(recording.getnframes()) + silence)


class PageTest:
    def __init__(self, options, folder):
        self.options = options
        recordings = sorted(pathlib.Path(options.recordings).glob("*.wav"))
        self.recordings = recordings[:12]
        assert len(self.recordings) >= 3, f"{options.recordings} has fewer than three recordings"
        self.microphone = folder / "microphone.wav"
        self.conversation = folder / "conversation.wav"
        join(self.recordings, self.microphone)
        join(self.recordings[:5], self.conversation, pause=0.9)
        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        self.folder = folder

    def run(self):
        with Browser(self.options.address, self.microphone, self.downloads) as browser:
            self.browser = browser
            for step in (self.token, self.live, self.keep, self.recording, self.keyboard, self.download, self.failures, self.offline, self.motion, self.voice, self.pictures):
                began = time.monotonic()
                step()
                print(f"{step.__name__}: {time.monotonic() - began:.1f} s", flush=True)
            complaints = [line for line in browser.complaints() if "status of 4" not in line and "ERR_INTERNET_DISCONNECTED" not in line]
            assert not complaints, f"the console has errors: {complaints}"
        with Browser(self.options.address) as browser:
            self.no_microphone(browser)

    def token(self):
        """A server with a token asks once; a wrong one is asked for again."""
        browser = self.browser
        if not self.options.token:
            return browser.open()
        browser.driver.get(self.options.address)
        for text in ("wrong", self.options.token):
            browser.wait(lambda: browser.find("#token").is_displayed() and not browser.find("#token input").get_property("value"), "the page does not ask for the token")
            browser.find("#token input").send_keys(text, Keys.ENTER)
            time.sleep(1)
        browser.wait(lambda: "trained on" in browser.text("#trained"), "the token is not accepted")
        stored = browser.run("return JSON.stringify(localStorage) + document.cookie")
        assert self.options.token not in stored, "the token is kept beyond the tab"

    def live(self):
        """Speech gives live probabilities, then segments, then a final label; everything passes axe while it runs."""
        browser = self.browser
        for view in ("recording", "live"):
            browser.click(f"#tab-{view}")
            self.picture(f"{view}-empty")
        browser.click("#listen")
        browser.wait(lambda: browser.find("#live .stage").get_attribute("data-emotion"), "no live probabilities")
        first = browser.bars("#live-bars")
        assert 97 <= sum(first.values()) <= 103, f"probabilities are {first}"
        seen = set()
        browser.wait(lambda: seen.add(tuple(browser.bars("#live-bars").items())) or len(seen) > 3, "probabilities do not change")
        browser.wait(lambda: len(browser.all("#live-segments li")) >= 2, "no segments")
        assert browser.text("#announcer"), "nothing is said to screen readers"
        self.check_axe("live, listening")
        self.picture("live-wide")
        browser.click("#listen")
        browser.wait(lambda: browser.find("#live .stage").get_attribute("data-final"), "no final label")
        final = browser.find("#live .stage").get_attribute("data-final")
        assert browser.text("#live-word") == final, "the final label is not shown"
        assert final in browser.text("#announcer"), "the final label is not announced"

    def keep(self):
        """What was said opens as a recording."""
        self.browser.click("#keep")
        self.browser.wait(lambda: self.browser.find("#result").is_displayed(), "live sound does not open as a recording")
        assert self.browser.text("#file-name").startswith("live-")

    def recording(self):
        """A dropped file gives waveform, spectrogram and timeline, each with a text; the pointer shows probabilities and plays."""
        browser = self.browser
        browser.drop(self.conversation)
        browser.wait(lambda: browser.find("#result").is_displayed() and browser.text("#file-name") == self.conversation.name, "no result")
        segments = browser.all("#result-segments button")
        assert len(segments) >= 3, "the timeline has fewer than three segments"
        assert "from 0:" in browser.find("#timeline").get_attribute("aria-label")
        for canvas in ("waveform", "spectrogram", "timeline", "axis"):
            painted = browser.run("const c = document.getElementById(arguments[0]); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                                  "return d.reduce((n, v, i) => n + (i % 4 == 3 && v > 0), 0) / (c.width * c.height)", canvas)
            assert painted > 0.01, f"{canvas} is empty"
        widths = {browser.find(f"#{canvas}").size["width"] for canvas in ("waveform", "spectrogram", "timeline", "axis", "cursor")}
        assert len(widths) == 1, f"tracks are not aligned: {widths}"
        whole = browser.bars("#result-bars")
        place = browser.find("#cursor").rect
        speech = browser.run("const rows = [...document.querySelectorAll('#result-segments button')]; return rows.findIndex(row => row.dataset.emotion)")
        point = self.middle_of(segments[speech].text) / self.duration() * place["width"] + place["x"]
        y = browser.run("return document.getElementById('cursor').getBoundingClientRect().top + 100")
        browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": point, "y": y})
        browser.wait(lambda: browser.text("#bars-caption").startswith("At "), "no probabilities under the cursor")
        assert sum(browser.bars("#result-bars").values()) > 90 and browser.bars("#result-bars") != whole
        for kind in ("mousePressed", "mouseReleased"):
            browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": point, "y": y, "button": "left", "clickCount": 1})
        browser.wait(lambda: browser.text("#play") == "Pause", "a click does not play")
        browser.wait(lambda: browser.run("return audio.currentTime") > self.middle_of(segments[speech].text), "the playback does not advance")
        browser.click("#play")
        self.check_axe("recording")

    def keyboard(self):
        """Arrow keys, Page, Home and Space move and play."""
        browser = self.browser
        cursor = browser.find("#cursor")
        cursor.send_keys(Keys.HOME)
        cursor.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        assert cursor.get_attribute("aria-valuenow") == "1.0", f"position {cursor.get_attribute('aria-valuenow')} after two steps"
        cursor.send_keys(Keys.PAGE_DOWN)
        assert browser.all("#result-segments [aria-current]"), "no segment is current"
        cursor.send_keys(Keys.SPACE)
        browser.wait(lambda: browser.text("#play") == "Pause", "the space bar does not play")
        cursor.send_keys(Keys.SPACE)
        cursor.send_keys(Keys.HOME)
        assert browser.text("#bars-caption") == "Whole recording"
        cursor.send_keys("+", "+")
        width = browser.run("return document.getElementById('timeline').clientWidth / document.getElementById('scroller').clientWidth")
        assert 3.5 < width < 4, f"zoomed tracks are {width} times as wide"
        assert browser.overflow() <= 0, "zoomed tracks make the page wider"
        self.picture("recording-zoomed")
        cursor.send_keys("-", "-")
        tab = browser.find("#tab-recording")
        tab.send_keys(Keys.ARROW_RIGHT)
        assert browser.find("#voice").is_displayed(), "arrow keys do not change the tab"
        browser.click("#tab-recording")

    def download(self):
        """The three formats are saved, and JSON is what the server answers."""
        for button in self.browser.all("#downloads button"):
            self.browser.wait(button.is_enabled, "a download does not end")
            button.click()
        names = {f"conversation.{ending}" for ending in ("json", "csv", "TextGrid")}
        self.browser.wait(lambda: names == {path.name for path in self.downloads.iterdir()}, f"downloads are not {names}")
        found = json.loads((self.downloads / "conversation.json").read_text())
        assert found["label"] == self.browser.text("#result-word"), "the file has another label than the page"
        assert 'Object class = "TextGrid"' in (self.downloads / "conversation.TextGrid").read_text()

    def failures(self):
        """A file that is no recording is reported in words, and leaves the open recording alone."""
        rubbish = self.folder / "notes.txt"
        rubbish.write_text("not audio\n" * 100)
        self.browser.drop(rubbish)
        self.browser.wait(lambda: self.browser.find("#problem").is_displayed(), "no message about a text file")
        assert len(self.browser.text("#problem p").split()) >= 4 and str(self.folder) not in self.browser.text("#problem p")
        assert self.browser.find("#result").is_displayed() and self.browser.text("#file-name") == self.conversation.name
        self.check_axe("problem")
        self.browser.click("#problem button")

    def offline(self):
        """A server that cannot be reached is reported in words, for requests and for sessions."""
        browser = self.browser
        browser.driver.set_network_conditions(offline=True, latency=0, throughput=0)
        browser.drop(self.conversation)
        browser.wait(lambda: browser.find("#problem").is_displayed(), "no message while the server is out of reach")
        assert "does not answer" in browser.text("#problem p"), browser.text("#problem p")
        browser.click("#problem button")
        browser.driver.delete_network_conditions()

    def motion(self):
        """Nothing moves smoothly for people who asked for less motion."""
        self.browser.resize(1280, 900, calm=True)
        moving = self.browser.run("return [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration.split(',')"
                                  ".some(d => parseFloat(d) > 0)).map(e => e.id || e.className)")
        assert not moving, f"with reduced motion, {moving} have transitions"
        self.browser.resize(1280, 900)

    def voice(self):
        """A voice enrolled by microphone changes the result, which is shown beside the one without; deleting restores it."""
        browser = self.browser
        before = browser.bars("#result-bars")
        browser.click("#tab-voice")
        name = browser.find("#voice-name")
        name.clear()
        name.send_keys("page-test")
        browser.click("#enrol-start")
        browser.wait(lambda: browser.find("#enrol-finish").is_enabled() and browser.find("#enrol-finish").is_displayed(), "no progress of the enrolment")
        assert int(browser.text("#heard")) >= 5
        self.picture("enrolling")
        browser.click("#enrol-finish")
        browser.wait(lambda: browser.find("#speaker").get_property("value") == "page-test", "the voice is not in use")
        browser.wait(lambda: len(browser.all("#sides article")) == 2, "no comparison")
        unknown, known = browser.bars("#sides article:first-child"), browser.bars("#sides article:last-child")
        assert unknown == before, f"without the voice, {unknown} is not {before}"
        assert known != unknown, "the voice changes nothing"
        self.check_axe("voice")
        self.picture("voice-wide")
        browser.click("#tab-recording")
        assert browser.bars("#result-bars") == known
        assert browser.all("#result-bars .change:not([hidden])"), "the recording shows no change by the voice"
        self.picture("recording-compared")
        self.live_with_voice()
        browser.click("#tab-voice")
        browser.click("[aria-label='Delete page-test']")
        browser.click("[aria-label='Really delete page-test?']")
        browser.wait(lambda: browser.find("#no-voices").is_displayed() or "page-test" not in browser.text("#voices"), "the voice is not deleted")
        browser.click("#tab-recording")
        browser.wait(lambda: browser.bars("#result-bars") == before, "without the voice the result is not the former one")

    def no_microphone(self, browser):
        """Without a microphone, the page says what to do, and can be asked again."""
        browser.driver.get(self.options.address)
        if self.options.token:
            browser.wait(lambda: browser.find("#token").is_displayed(), "the page does not ask for the token")
            browser.find("#token input").send_keys(self.options.token, Keys.ENTER)
        browser.wait(lambda: "trained on" in browser.text("#trained"), "the page does not show what the model was trained on")
        for view, start in (("live", "#listen"), ("voice", "#enrol-start")):
            browser.click(f"#tab-{view}")
            browser.click(start)
            browser.wait(lambda: "icrophone" in browser.text("#problem p") and browser.find("#problem").is_displayed(), "no message without a microphone")
            browser.wait(browser.find(start).is_enabled, "the button cannot be pressed again")
            browser.click("#problem button")

    def live_with_voice(self):
        browser = self.browser
        browser.click("#tab-live")
        browser.click("#listen")
        browser.wait(lambda: browser.all("#live-bars .change:not([hidden])"), "live speech shows no change by the voice")
        self.picture("live-compared")
        browser.click("#listen")
        browser.wait(lambda: browser.find("#live .stage").get_attribute("data-final"), "no final label with a voice")

    def pictures(self):
        """Every view is as wide as the window, also a narrow one, and passes axe in both colour schemes."""
        for view in ("live", "recording", "voice"):
            self.browser.click(f"#tab-{view}")
            for name, width, dark in (("wide", 1280, False), ("narrow", 360, False), ("dark", 1280, True), ("narrow-dark", 360, True)):
                self.browser.resize(width, 900, dark)
                assert self.browser.overflow() <= 0, f"{view} is too wide for {width} pixels"
                self.check_axe(f"{view}, {name}")
                self.picture(f"{view}-{name}-final")
        self.browser.resize(1280, 900)

    def check_axe(self, where):
        found = self.browser.violations()
        assert not found, f"axe, {where}: " + "\n".join(found)

    def picture(self, name):
        if self.options.pictures:
            self.options.pictures.mkdir(parents=True, exist_ok=True)
            self.browser.picture(self.options.pictures / f"{name}.png")

    def duration(self):
        return float(self.browser.find("#cursor").get_attribute("aria-valuemax"))

    @staticmethod
    def middle_of(row):
        """The middle of "0:01.2 – 0:03.4" in seconds."""
        times = [part.strip().split("\n")[0].split(" ")[0] for part in row.split("–")[:2]]
        seconds = [int(time.split(":")[0]) * 60 + float(time.split(":")[1]) for time in times]
        return sum(seconds) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="of the server, as http://127.0.0.1:8080")
    parser.add_argument("recordings", help="folder with recordings")
    parser.add_argument("--token")
    parser.add_argument("--pictures", type=pathlib.Path, help="folder for screenshots")
    options = parser.parse_args()
    options.address = options.address.rstrip("/")
    with tempfile.TemporaryDirectory() as folder:
        try:
            PageTest(options, pathlib.Path(folder)).run()
        except Exception as error:
            traceback.print_exc(limit=-2)
            print(f"page_test: {error or type(error).__name__}", file=sys.stderr)
            return 1
    print("the page passes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
