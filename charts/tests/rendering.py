"""Renders a chart with Helm and looks things up in what comes out. No assertion lives here."""

import copy
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

CHARTS = Path(__file__).resolve().parent.parent
SECRET_NAME = re.compile(r"(^|[_a-z])(password|secret|token|(secret|api|private|access)_?key)s?$", re.I)


class Tag(yaml.YAMLObject):
    """A tag of Authentik's blueprints, with what stands behind it."""

    def __init__(self, name, value):
        self.name, self.value = name, value


class Loader(yaml.SafeLoader):
    """YAML with blueprint tags."""


def _tag(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return Tag(suffix, loader.construct_scalar(node))
    return Tag(suffix, loader.construct_sequence(node, deep=True))


Loader.add_multi_constructor("!", _tag)


def merged(base, more):
    """`more` over `base`, map by map."""
    result = copy.deepcopy(base)
    for key, value in more.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def walk(value, path=()):
    """All leaves, with the keys that lead to them."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(inner, (*path, str(key)))
    else:
        yield path, value


class Helm:
    """Helm, with a folder of its own for what is put together on the way."""

    def __init__(self, program):
        self.program = program
        self.room = Path(tempfile.mkdtemp(prefix="slipway-charts-"))

    def close(self):
        shutil.rmtree(self.room, ignore_errors=True)

    def run(self, command, chart, values, release="portal"):
        """Exit code and output."""
        file = self.room / "values.yaml"
        file.write_text(yaml.safe_dump(values))
        line = [self.program, command, *([release] if command == "template" else []), str(chart), "-f", str(file)]
        done = subprocess.run([*line, "--namespace", "admin-apps"], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr if done.returncode else done.stdout

    def objects(self, chart, values, release="portal"):
        """What is rendered, as a list of objects; an exception with Helm's words when it is refused."""
        code, text = self.run("template", chart, values, release)
        if code:
            raise RuntimeError(text)
        return [one for one in yaml.safe_load_all(text) if one]

    def platform(self):
        """The platform with stand-ins for the charts that it stands on, each of which shows the values that it was given."""
        chart = self.room / "platform"
        shutil.copytree(CHARTS / "platform", chart, ignore=shutil.ignore_patterns("charts", "Chart.lock"))
        for part in yaml.safe_load((chart / "Chart.yaml").read_text())["dependencies"]:
            folder = chart / "charts" / part["name"]
            (folder / "templates").mkdir(parents=True)
            (folder / "Chart.yaml").write_text(yaml.safe_dump({"apiVersion": "v2", "name": part["name"], "version": part["version"]}))
            (folder / "templates/values.yaml").write_text("kind: Given\nmetadata: {name: {{ .Chart.Name }}}\nvalues: {{ toJson .Values }}\n")
        return chart


def find(objects, kind, name=None):
    """The one object of a kind."""
    found = [one for one in objects if one["kind"] == kind and name in (None, one["metadata"]["name"])]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} objects of kind {kind} named {name or 'anything'}")
    return found[0]


def pods(objects):
    """Each pod that would run: its name and its specification."""
    for one in objects:
        if one["kind"] == "Pod":
            yield one["metadata"]["name"], one["spec"]
        elif one["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield one["metadata"]["name"], one["spec"]["template"]["spec"]
