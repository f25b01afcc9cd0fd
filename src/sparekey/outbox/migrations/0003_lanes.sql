-- Two lanes: what somebody waits for (0) and what nobody does (1). A claim reads one lane from its
-- oldest row on, however long the other is. A charge is written down beside the waiting message, so
-- that it is charged once however often it is tried: the amount, the day, and to which sums.
ALTER TABLE outbox.due
    ADD COLUMN lane smallint NOT NULL DEFAULT 0,
    ADD COLUMN charged bigint,
    ADD COLUMN charged_on date,
    ADD COLUMN charged_to text[];

DROP INDEX outbox.due_at;
CREATE INDEX due_lane ON outbox.due (lane, due_at);

-- `is_own_door`: caused by the owner's own browser, text or agent. `price` is in millionths of the
-- brand's currency; `confirmed_at` is when a receipt whose sender is proven said "delivered".
ALTER TABLE outbox.message
    ADD COLUMN is_own_door boolean NOT NULL DEFAULT false,
    ADD COLUMN gateway_id uuid,
    ADD COLUMN country text,
    ADD COLUMN price bigint,
    ADD COLUMN charged_on date,
    ADD COLUMN confirmed_at timestamptz;

-- What a gateway calls a message of ours. A receipt may come before we have written down the name
-- it uses: then it waits here, without a message, for the name.
CREATE TABLE outbox.provider_ref (
    gateway_id uuid NOT NULL,
    ref text NOT NULL,
    message_id uuid,
    expires_at timestamptz NOT NULL,
    outcome text,
    is_signed boolean,
    reason text,
    price bigint,
    currency text,
    PRIMARY KEY (gateway_id, ref)
) WITH (fillfactor = 90);

CREATE INDEX provider_ref_expires_at ON outbox.provider_ref (expires_at);

-- What a brand has spent in a day: in one country, or ('*') altogether.
CREATE TABLE outbox.spent (
    brand_id integer NOT NULL,
    day date NOT NULL,
    country text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (brand_id, day, country)
) WITH (fillfactor = 20);

-- How many of the texts to a prefix (a number without its last four digits) ended in a proof.
CREATE TABLE outbox.conversion (
    brand_id integer NOT NULL,
    day date NOT NULL,
    prefix_key bytea NOT NULL,
    prefix text NOT NULL,
    country text NOT NULL,
    sent integer NOT NULL,
    proven integer NOT NULL,
    PRIMARY KEY (brand_id, day, prefix_key)
) WITH (fillfactor = 70);
