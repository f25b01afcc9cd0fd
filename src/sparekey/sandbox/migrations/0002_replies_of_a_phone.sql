-- What one phone has sent, for its screen.
CREATE INDEX reply_phone ON sandbox.reply (brand_id, sender, id);
