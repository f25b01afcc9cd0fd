-- When the password stops being taken, for companies whose passwords do; most never say so.
ALTER TABLE accounts.account ADD COLUMN password_expires_at timestamptz;

CREATE INDEX account_password_expires ON accounts.account (password_expires_at, id)
    WHERE password_expires_at IS NOT NULL;
-- An audience is read page by page.
CREATE INDEX account_page ON accounts.account (brand_id, id);
