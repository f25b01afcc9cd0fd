-- What could not be read waits for a person, and is counted again and again, however much else comes.
CREATE INDEX raw_aside ON gateways.raw (gateway_id) WHERE due_at IS NULL AND group_key IS NULL;
