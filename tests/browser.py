"""Chromium, as it draws pages for the pictures of the docs."""

from __future__ import annotations

import base64
import html
import re
import subprocess
from pathlib import Path

# Without the sandbox, which a container has no right to.
CHROMIUM = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
)
MARGIN = 24  # pixels kept below what is drawn

CROP = """<!doctype html><body><script>
const image = new Image();
image.onload = () => {
  const canvas = document.createElement("canvas"), {width, height} = image;
  canvas.width = width; canvas.height = height;
  let pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const bytes = pen.getImageData(0, 0, width, height).data;
  let last = bytes.length - 1;
  while (last > 0 && bytes[last] === 255) last -= 1;
  canvas.height = Math.min(height, Math.floor(last / 4 / width) + 1 + MARGIN);
  pen.drawImage(image, 0, 0);
  document.body.innerHTML = "<pre>" + canvas.toDataURL() + "</pre>";
};
image.src = "data:image/png;base64,PICTURE";
</script>"""


def cropped(picture: bytes, folder: Path) -> bytes:
    """The PNG without the white below what is drawn."""
    page = folder / "crop.html"
    written = base64.b64encode(picture).decode()
    page.write_text(CROP.replace("MARGIN", str(MARGIN)).replace("PICTURE", written))
    told = subprocess.run([*CHROMIUM, "--dump-dom", page.as_uri()], check=True, capture_output=True, text=True).stdout
    found = re.search(r"data:image/png;base64,([^<]+)</pre>", told)
    assert found, "Chromium has cropped nothing"
    return base64.b64decode(html.unescape(found[1]))


def shot(page: str, folder: Path, target: Path, *, width: int, height: int) -> None:
    """Draw a page of so many pixels."""
    source = folder / "page.html"
    source.write_text(page)
    size = [f"--window-size={width},{height}", f"--screenshot={target}", source.as_uri()]
    subprocess.run([*CHROMIUM, *size], check=True, capture_output=True)
