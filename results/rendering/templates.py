"""How pages are laid out: the templates beside the code of a page, in the reader's language.

Everything a page says is escaped unless a template says otherwise, and a name that a template asks
for and nobody gave is an error.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

if TYPE_CHECKING:
    from results.language.words import Words


def template(package: str, name: str, words: Words) -> Template:
    """Return a template of a package, in its folder `templates`.

    Its texts, marked by `_` or `trans`, are in the reader's language.
    """
    return _environment(package, words).get_template(name)


@cache
def _environment(package: str, words: Words) -> Environment:
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=False
    )
    return environment
