"""Takes the pictures that the test in VS Code has made over into the documentation: ``python -m tests.editors.pictures``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image

from tests.editors.workbench import PICTURES

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
SHOWN: Final = ("error", "shots", "circuit", "disassembly", "completion")
MOST_BYTES: Final = 200_000


def main() -> None:
    """With as many colours as a window of an editor has, which is few."""
    for name in SHOWN:
        target = IMAGES / f"editor_{name}.png"
        with Image.open(PICTURES / f"{name}.png") as picture:
            picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
        size = target.stat().st_size
        print(f"{target.name}  {size:,} bytes")
        assert size < MOST_BYTES


if __name__ == "__main__":
    main()
