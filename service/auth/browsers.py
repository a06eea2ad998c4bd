"""What to call a browser in the list of sessions: enough for its owner to know it again, and no more."""

import re

# The first that is found counts: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?/|\bEdgiOS/")),
    ("Opera", re.compile(r"\bOPR/|\bOpera\b|\bOPT/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\bFirefox/|\bFxiOS/")),
    ("Chrome", re.compile(r"Chrome/|\bCriOS/|\bChromium/")),
    ("Safari", re.compile(r"\bSafari/")),
)
_SYSTEMS = (
    ("Android", re.compile(r"\bAndroid\b")),
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("macOS", re.compile(r"\bMacintosh\b|\bMac OS X\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)


def browser_name(user_agent: str) -> str:
    """Return "Firefox on Android"; empty when it does not say."""
    said = user_agent[:400]
    browser = next((name for name, pattern in _BROWSERS if pattern.search(said)), "")
    system = next((name for name, pattern in _SYSTEMS if pattern.search(said)), "")
    return f"{browser} on {system}" if browser and system else browser or system
