"""Where an operator in somebody's place may go. What is not named here lies within the agency, or is closed."""

LEADS_HOME = frozenset({"home", "agencies"})
"""Pages that list a person's agencies: there is only one now."""

FREE = frozenset({"impersonation_stop", "set_language"})

GUIDE = "guide"
"""Pages that are the same for everybody, by their namespace."""

LOGOUT = frozenset({"account_logout", "admin:logout"})

OWN_HANDS = frozenset(
    {
        # who is in the agency, and as what
        "accounts:invite",
        "accounts:resend_invitation",
        "accounts:revoke_invitation",
        "accounts:change_role",
        "accounts:remove_member",
        "accounts:transfer_ownership",
        "accounts:leave",
        # keys of partners and of remote systems
        "accounts:add_partner_key",
        "accounts:renew_partner_key",
        "accounts:revoke_partner_key",
        "connections:add",
        "connections:replace",
        "connections:use",
        "connections:drop",
        "connections:remove",
        "wordpress:add",
        "wordpress:change",
        "wordpress:remove",
        # where the agency's data goes without a login
        "partner_webhooks:add",
        "partner_webhooks:change",
        "partner_webhooks:renew_secret",
        "partner_webhooks:switch_on",
        "partner_webhooks:remove",
        "partner_webhooks:test",
        "leads:aviv_subscribe",
        "leads:aviv_want",
        "syndication:add_outlet",
        "syndication:outlet",
        "syndication:renew_outlet",
        "syndication:delete_outlet",
        # what nobody brings back
        "leads:erase",
        "leads:set_retention",
        "leads:silent",
        # what is known of one person, as a whole
        "leads:held",
        "leads:held_file",
    }
)
"""What people do, and see, in person only."""
