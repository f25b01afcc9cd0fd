-- Whose receipt a run waits for. It is there only while it waits for one: where it is NULL it takes
-- no room, so runs that wait for anything else are as small as they were.
ALTER TABLE flows.run ADD COLUMN receipt_of uuid;
