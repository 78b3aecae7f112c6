"""Drives a headless Chromium over its debugging pipe: python3 browse.py URL FOLDER, with checks as JSON on standard input.

A check is {"do": NAME, …}; each gives one line of JSON: {"do": NAME, "value": …}. It ends at the first that fails.
  size {width, height, features: {name: value}}   the window, and what the user prefers
  open {url}                                      goes there; the URL of the command line if there is none
  wait {for}                                      until an expression is true, 20 s at most
  value {of}                                      what an expression gives
  key {name, times}                               presses Tab, Enter, Space, ArrowDown, or types a letter
  shot {file}                                     the whole page as PNG into the folder
  tree                                            roles and names that assistive technology sees
"""

import json
import os
import subprocess
import sys
import tempfile
import time

KEYS = {
    "Tab": ("Tab", 9, None), "Enter": ("Enter", 13, "\r"), "Space": (" ", 32, " "), "ArrowDown": ("ArrowDown", 40, None),
}


class Browser:
    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory()
        here, theirs = os.pipe()
        theirs_out, here_out = os.pipe()

        # The pipe of the protocol: the browser reads 3 and writes 4.
        def arrange():
            os.dup2(theirs_out, 13)
            os.dup2(theirs, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)
            os.close(13)
            os.close(14)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
             f"--user-data-dir={self.profile.name}", "about:blank"],
            preexec_fn=arrange, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(theirs_out)
        self.reader, self.writer = here, here_out
        self.rest = b""
        self.number = 0
        self.session = None
        self.complaints = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one for one in targets if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Accessibility"]:
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                more = os.read(self.reader, 1 << 16)
                if not more:
                    raise SystemExit("the browser is gone")
                self.rest += more
            text, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(text)
            if answer.get("method") == "Log.entryAdded" and answer["params"]["entry"]["level"] == "error":
                self.complaints.append(answer["params"]["entry"]["text"])
            if answer.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(answer["params"]["exceptionDetails"].get("exception", {}).get("description", "?"))
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def do(self, check, url, folder):
        what = check["do"]
        if what == "size":
            self.call("Emulation.setDeviceMetricsOverride", width=check["width"], height=check.get("height", 900),
                      deviceScaleFactor=1, mobile=False)
            features = [{"name": name, "value": value} for name, value in check.get("features", {}).items()]
            return self.call("Emulation.setEmulatedMedia", features=features) and None
        if what == "open":
            self.call("Page.navigate", url=check.get("url", url))
            return None
        if what == "wait":
            for _ in range(200):
                # What it asks for may not be there yet.
                if self.value(f"(() => {{ try {{ return Boolean({check['for']}) }} catch {{ return false }} }})()"):
                    return True
                time.sleep(0.1)
            return False
        if what == "value":
            return self.value(check["of"])
        if what == "key":
            key, number, text = KEYS.get(check["name"], (check["name"], ord(check["name"][0].upper()), check["name"]))
            for _ in range(check.get("times", 1)):
                event = {"key": key, "windowsVirtualKeyCode": number}
                if text:
                    event["text"] = text
                self.call("Input.dispatchKeyEvent", type="keyDown", **event)
                self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=number)
            return None
        if what == "shot":
            import base64
            data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            with open(os.path.join(folder, check["file"]), "wb") as file:
                file.write(base64.b64decode(data))
            return len(data)
        if what == "tree":
            nodes = self.call("Accessibility.getFullAXTree")["nodes"]
            return [[node["role"]["value"], node.get("name", {}).get("value", "")]
                    for node in nodes if not node.get("ignored") and "role" in node]
        if what == "complaints":
            return self.complaints
        raise SystemExit(f"nobody knows how to {what}")

    def end(self):
        self.process.kill()
        self.process.wait()


def main():
    url, folder = sys.argv[1:3]
    browser = Browser(os.environ.get("CHROMIUM", "chromium"))
    try:
        for check in json.load(sys.stdin):
            value = browser.do(check, url, folder)
            print(json.dumps({"do": check["do"], "value": value}), flush=True)
            if check["do"] == "wait" and not value:
                raise SystemExit(f"never true: {check['for']}")
    finally:
        browser.end()


main()
