"""How `make docs` makes a site of these pages and of the docstrings."""

from importlib.metadata import version as version_of

project = "twentezorg"
author = "The twentezorg developers"
version = release = version_of("twentezorg")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"twentezorg {version}"
exclude_patterns = ["_build"]

myst_heading_anchors = 3
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_merge_streams = True

autodoc_default_options = {"members": True, "show-inheritance": False}
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # a parameter's docstring says what it is; signatures stay short
napoleon_google_docstring = False
napoleon_attr_annotations = False  # `np.str_` would be read as a link
