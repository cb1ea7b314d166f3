"""Pages in words, for anybody: help, accessibility, privacy; and the places that a phone's tab bar has no room for."""

from flask import Blueprint, render_template

from tenants.web import needs, open_to_all

about = Blueprint("about", __name__)


@about.get("/help")
@open_to_all("none")
def help_page():
    """How the work goes, and whom to ask."""
    return render_template("tenants/help.html")


@about.get("/accessibility")
@open_to_all("none")
def accessibility():
    """What was done so that everybody can use this, and what is not known."""
    return render_template("tenants/accessibility.html")


@about.get("/privacy")
@open_to_all("none")
def privacy():
    """What is kept about people, who sees it, and for how long."""
    return render_template("tenants/privacy.html")


@about.get("/more")
@needs("see-home")
def more():
    """Every place of the navigation, as a list."""
    return render_template("tenants/more.html")
