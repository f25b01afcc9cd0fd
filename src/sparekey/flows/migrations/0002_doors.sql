-- By which door a run came: each door has so many of an account at once, whatever came by others.
-- Those under way count as the company's own.
ALTER TABLE flows.run ADD COLUMN door smallint NOT NULL DEFAULT 0;
