"""A playbook as the text of a playbook file."""

from __future__ import annotations

import yaml

from leakguard.playbooks.cacao.fields import plain
from leakguard.playbooks.shapes import Playbook

_WIDTH = 110


class _Writer(yaml.SafeDumper):
    """Indents lists below their key, and puts empty lines between steps by way of `render_playbook`."""

    def increase_indent(self, flow: bool = False, *_: bool, **__: bool) -> None:  # noqa: FBT001, FBT002  (PyYAML's own)
        """Never without an indent: a list under a key reads better."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  (PyYAML's own signature)
        """Equal values are written twice; our files know no aliases."""
        return True


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """What has line breaks or signs that nobody sees is quoted and escaped: read back, it is the same."""
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Writer.add_representer(str, _text)


def render_playbook(playbook: Playbook) -> str:
    """YAML that `parse_playbook` reads back into an equal playbook."""
    values = plain(playbook)
    for clock in values.get("clocks", {}).values():
        clock.pop("id")
    return yaml.dump(values, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)
