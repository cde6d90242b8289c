"""Runs python-tuf's ngclient over the corpus named as argument: every case.json in, one JSON object out."""

import datetime
import json
import pathlib
import sys
import tempfile

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater


class Folder(FetcherInterface):
    """Reads one state of a case, and nothing outside it."""

    def __init__(self, base):
        self.base = base.resolve()

    def _fetch(self, url):
        path = (self.base / url.removeprefix("corpus:/")).resolve()
        if not path.is_relative_to(self.base) or not path.is_file():
            raise DownloadHTTPError("not found", 404)
        yield path.read_bytes()


def said(error):
    return f"{type(error).__name__}: {error}"


def answer(folder, state, pin, cache, downloads):
    targets = state["expected"]["targets"]
    try:
        updater = Updater(
            str(cache),
            "corpus:/metadata/",
            str(downloads),
            "corpus:/targets/",
            fetcher=Folder(folder),
            bootstrap=pin,
        )
        now = datetime.datetime.strptime(state["now"], "%Y-%m-%dT%H:%M:%SZ")
        updater._trusted_set.reference_time = now.replace(tzinfo=datetime.timezone.utc)
        updater.refresh()
    except Exception as error:
        return {"refused": said(error), "targets": {path: {"refused": "no refresh"} for path in targets}}
    return {"refused": None, "targets": {path: fate(updater, path) for path in targets}}


def fate(updater, path):
    try:
        found = updater.get_targetinfo(path)
        if found is None:
            return {"refused": "not listed"}
        return {"content": pathlib.Path(updater.download_target(found)).read_text(encoding="utf-8")}
    except Exception as error:
        return {"refused": said(error)}


def run(folder):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    pin = (folder / "0" / "metadata" / "1.root.json").read_bytes()
    answers = []
    with tempfile.TemporaryDirectory() as scratch:
        cache, downloads = pathlib.Path(scratch) / "cache", pathlib.Path(scratch) / "downloads"
        cache.mkdir()
        downloads.mkdir()
        for i, state in enumerate(case["states"]):
            answers.append(answer(folder / str(i), state, pin, cache, downloads))
    return answers


print(json.dumps({folder.name: run(folder) for folder in sorted(pathlib.Path(sys.argv[1]).iterdir())}))
