"""What may come in through the forms of the ground floor."""

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from tenants.fields import PenceField

_ENTER_EMAIL = "Enter an email address, like ann@example.org"
_TOO_LONG = "Use at most {max} characters"


def _email() -> fields.Email:
    return fields.Email(
        required=True,
        validate=validate.Length(max=254, error=_TOO_LONG),
        error_messages={"required": _ENTER_EMAIL, "invalid": _ENTER_EMAIL},
    )


def _text(missing: str, longest: int) -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(max=longest, error=_TOO_LONG), error_messages={"required": missing}
    )


class FormSchema(Schema):
    """Ground of the forms: fields that are not named are dropped."""

    class Meta:
        """Unknown fields (the form's own token) are dropped."""

        unknown = EXCLUDE


class SignInSchema(FormSchema):
    """Signing in."""

    email = _email()
    password = _text("Enter your password", 1000)
    next = fields.String(load_default="")


class EmailSchema(FormSchema):
    """Asking for a link."""

    email = _email()


class CodeSchema(FormSchema):
    """A code of an app, or a recovery code."""

    code = _text("Enter the code", 40)


class NewPasswordSchema(FormSchema):
    """A new password, typed twice."""

    password = _text("Enter a new password", 1000)
    password_again = _text("Enter the new password again", 1000)

    @validates_schema
    def _same(self, data: dict[str, str], **_: object) -> None:
        if data.get("password") != data.get("password_again"):
            raise ValidationError({"password_again": ["The two passwords differ"]})


class ChangePasswordSchema(NewPasswordSchema):
    """A new password, by somebody who knows the present one."""

    old_password = _text("Enter your present password", 1000)


class JoinSchema(NewPasswordSchema):
    """Accepting an invitation without an account."""

    name = _text("Enter your name, as colleagues know you", 200)


class FirstOfficerSchema(JoinSchema):
    """The first officer also says at which address to be reached."""

    email = _email()


class PasswordSchema(FormSchema):
    """A dangerous act asks for the password."""

    password = _text("Enter your password", 1000)


class InviteSchema(FormSchema):
    """Inviting somebody."""

    email = _email()
    role = _text("Choose a role", 20)


class RoleSchema(FormSchema):
    """Giving somebody who is here another role."""

    person = fields.UUID(
        required=True, error_messages={"required": "Choose a person", "invalid_uuid": "Choose a person"}
    )
    role = _text("Choose a role", 20)


class TokenSchema(FormSchema):
    """Making a token for a program."""

    token_name = _text("Say what will use it", 200)
    token_coop = fields.UUID(
        required=True, error_messages={"required": "Choose a co-op", "invalid_uuid": "Choose a co-op"}
    )
    token_scopes = fields.List(
        fields.String(validate=validate.OneOf(("read", "write"))),
        required=True,
        validate=validate.Length(min=1, error="Choose what it may do"),
    )


class SettingSchema(FormSchema):
    """Setting a rule from a day on."""

    value = fields.String(load_default="", validate=validate.Length(max=200, error=_TOO_LONG))
    resolution = fields.String(load_default="")
    in_force_from = fields.Date(
        required=True,
        error_messages={
            "required": "Enter the day from which it holds",
            "invalid": "Enter a day that exists, like 27 11 2026",
        },
    )


def _count(what: str) -> fields.Integer:
    return fields.Integer(
        load_default=0,
        validate=validate.Range(0, 10_000_000, error=f"Enter {what} as a whole number"),
        error_messages={"invalid": f"Enter {what} as a whole number"},
    )


class CoopSchema(FormSchema):
    """A co-op that joins, with its size."""

    name = _text("Enter the name of the co-op", 200)
    joined_on = fields.Date(
        required=True,
        error_messages={
            "required": "Enter the day it joined",
            "invalid": "Enter a day, month and year, like 27 11 2026",
        },
    )
    outcode = fields.String(
        load_default=None,
        validate=validate.Regexp(
            r"^[A-Za-z]{1,2}\d[A-Za-z\d]?$", error="Enter the first half of a postcode, like LA14"
        ),
    )
    members = _count("the members")
    staff = _count("the staff")
    care_hours_week = _count("the hours")
    turnover = PenceField(load_default=0)
    source = fields.String(
        load_default="told by the co-op", validate=validate.Length(1, 200, error="Use at most 200 letters")
    )


class CoopInviteSchema(FormSchema):
    """The first manager of a co-op."""

    coop = fields.UUID(required=True, error_messages={"required": "Choose the co-op", "invalid": "Choose the co-op"})
    email = _email()
