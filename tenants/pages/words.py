"""Acts of the record in words, for people."""

ACT_WORDS = {
    "sign-in": "Signed in",
    "end-session": "Ended a session",
    "set-password": "Set a new password",
    "ask-reset": "Asked for a new password",
    "found-federation": "Founded the federation",
    "add-coop": "Took in a co-op",
    "add-person": "Made an account",
    "grant-role": "Gave a role",
    "take-role": "Took a role away",
    "invite": "Invited somebody",
    "accept-invitation": "Accepted an invitation",
    "withdraw-invitation": "Withdrew an invitation",
    "turn-on-second-factor": "Turned on sign-in codes",
    "turn-off-second-factor": "Turned off sign-in codes",
    "make-recovery-codes": "Made new recovery codes",
    "use-recovery-code": "Signed in with a recovery code",
    "make-token": "Made a token for a program",
    "withdraw-token": "Withdrew a token",
    "set-rule": "Set a rule of the federation",
    "retry-mail": "Tried failed letters again",
    "set-address": "Changed the delivery address",
    "draft-round": "Drafted a round",
    "open-round": "Opened a round to the co-ops",
    "extend-round": "Gave a round more time",
    "close-round": "Closed a round",
    "cancel-round": "Gave a round up",
    "remind-round": "Sent reminders",
    "run-award": "Asked for an award",
    "work-out-award": "Worked out an award",
    "approve-award": "Approved an award",
    "allow-more-packs": "Allowed more packs than asked for",
    "place-orders": "Sent orders and shared the costs",
    "recharge": "Recharged a round",
    "save-demand": "Saved what the co-op needs",
    "add-item": "Added an item",
    "change-item": "Changed an item",
    "retire-item": "Retired an item",
    "restore-item": "Brought an item back",
    "add-supplier": "Added a supplier",
    "change-supplier": "Changed a supplier",
    "retire-supplier": "Retired a supplier",
    "restore-supplier": "Brought a supplier back",
    "add-offer": "Added an offer",
    "change-offer": "Changed an offer",
    "withdraw-offer": "Withdrew an offer",
    "preview-import": "Uploaded a file",
    "apply-import": "Took in a file",
    "discard-import": "Left a file aside",
    "undo-import": "Undid a file",
    "cancel-work": "Stopped a piece of work",
    "retry-work": "Tried a piece of work again",
}


def act_words(act: str) -> str:
    """An act in words; of one that has none, its name with spaces.

    >>> act_words("grant-role"), act_words("paint-fence")
    ('Gave a role', 'Paint fence')
    """
    return ACT_WORDS.get(act) or act.replace("-", " ").capitalize()
