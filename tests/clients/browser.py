"""Chromium without a window, driven through the DevTools protocol."""
import base64
import json
import pathlib
import subprocess
import time
import urllib.request

import websocket


class Browser:
    """One page. What it is told to do waits until the page can do it, or fails with what the page shows."""

    def __init__(self, folder, patience=60):
        self.patience = patience
        self.folder = self.shots = pathlib.Path(folder)
        self.started = 0
        self.start()

    def start(self):
        """A browser that nobody has used: no page, no cookie, nothing under way."""
        self.started += 1
        profile = self.folder / f"chromium{self.started}"
        command = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=nl",
                   "--no-first-run", "--disable-background-networking", "--disable-component-update",
                   "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        said = profile / "DevToolsActivePort"
        wait("Chromium", lambda: said.exists() and said.read_text().count("\n") >= 1, self.patience)
        port = said.read_text().split("\n")[0]
        pages = lambda: [page for page in json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json")) if page["type"] == "page"]
        page = wait("a page", pages, self.patience)[0]
        self.socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=self.patience)
        self.number = 0
        self.call("Page.enable")
        self.size(1280, 900)

    def afresh(self):
        """The next person sits down at a machine of their own."""
        self.close()
        self.start()

    def tell(self, method, **values):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": values}))
        return self.number

    def call(self, method, **values):
        asked = self.tell(method, **values)
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Page.javascriptDialogOpening":
                # Nobody is there to press: a question of the page is answered with yes.
                self.tell("Page.handleJavaScriptDialog", accept=True)
            if answer.get("id") == asked:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def go(self, url):
        self.call("Page.navigate", url=url)

    def script(self, text):
        """The value of an expression in the page; None while the page is on its way."""
        answer = self.call("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    def until(self, text):
        """Waits until an expression is true and gives its value."""
        return wait(text, lambda: self.script(text), self.patience, lambda: self.script("document.body.innerText"))

    def size(self, width, height, scheme="light"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shot(self, name, whole=False):
        """Chromium takes a picture with its next frame; where nothing moves there is now and then none, so it is asked again."""
        for tries in range(6):
            self.socket.settimeout(self.patience if tries == 5 else 5)
            try:
                picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
                break
            except websocket.WebSocketTimeoutException:
                if tries == 5:
                    raise
            finally:
                self.socket.settimeout(self.patience)
        (self.shots / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


def wait(what, ask, patience, why=lambda: ""):
    """Asks again and again until there is an answer."""
    until = time.monotonic() + patience
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"{what}: it never happened\n{why()}")
        time.sleep(0.1)
