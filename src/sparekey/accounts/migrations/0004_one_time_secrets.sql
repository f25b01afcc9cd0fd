-- Until when the password is a secret for one sign-in; NULL is a password as people choose them.
ALTER TABLE accounts.account ADD COLUMN secret_until timestamptz;
