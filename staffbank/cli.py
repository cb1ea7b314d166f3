"""Commands of the staff bank. Each runs inside the app's context, which the caller opens."""

from argparse import Namespace
from pathlib import Path

from staffbank.places import read_outcodes
from staffbank.services.outcodes import take_in_outcodes
from tenants.db import acting_for_federation
from tenants.errors import InvalidInput


def import_outcodes(arguments: Namespace) -> int:
    """Take in where outcodes are, from a CSV file with the columns postcode, latitude, longitude and town.

    Raises: InvalidInput, naming rows and columns.
    """
    try:
        text = Path(arguments.file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput({"file": f"It cannot be read: {error.strerror}"}) from None
    except UnicodeDecodeError:
        raise InvalidInput({"file": "It is not text in UTF-8; save it as CSV UTF-8"}) from None
    with acting_for_federation():
        count = take_in_outcodes(read_outcodes(text))
    print(f"{count} outcodes taken in.")
    return 0
