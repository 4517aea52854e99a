"""What every peer answers, in one form, and where it reads and writes."""

import json
import sys

DATA, OUT = sys.argv[1:3]
with open(f"{DATA}/artefacts/documents/bench/blocks.json") as file:
    BLOCKS = [f"{DATA}/{block['path']}" for block in json.load(file)["blocks"]]
IDS = f"{DATA}/ids.parquet"

# UTF-8 read as Windows-1252; see dataset/rules.ts.
CONTINUES = "[\u0080-\u009f\u00a1-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
BROKEN = f"\ufffd|Ã\u00a0|[Â-ß]{CONTINUES}|[à-ï]{CONTINUES}{CONTINUES}|[ð-ô]{CONTINUES}{CONTINUES}{CONTINUES}"


def answer(genres, trend, people, roi):
    """genres: (genre, films); trend: (year, films, popularity, index) of Drama; people, roi: the first ten."""
    print(
        json.dumps(
            {
                "genres": [[str(genre), int(films)] for genre, films in genres],
                "trend": [[int(year), int(films), float(heat), float(index)] for year, films, heat, index in trend],
                "people": [[str(person), int(films)] for person, films in people],
                "roi": [[int(film), float(roi)] for film, roi in roi],
            }
        )
    )
