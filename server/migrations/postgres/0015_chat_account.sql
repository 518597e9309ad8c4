-- Which accounts in the chat people of removed tenants had: whom the chat's administrators suspended must not come back as
-- somebody new. The tenant's pairings themselves are forgotten with it.
CREATE TABLE chat_account (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    chat_user TEXT NOT NULL,
    PRIMARY KEY (issuer, subject, chat_user)
);
