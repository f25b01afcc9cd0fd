-- Whose customers we serve. A sandbox brand is one for ever: nothing updates is_sandbox, and the
-- API keys of a brand refer to (id, is_sandbox), so that a change would be refused there too.
CREATE TABLE brands.brand (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    is_sandbox boolean NOT NULL,
    locale text NOT NULL,
    languages text[] NOT NULL,
    -- Countries that texts may go to; NULL is everywhere, which only a sandbox may have.
    countries text[],
    channel_order text[] NOT NULL,
    email_proof text NOT NULL CHECK (email_proof IN ('link', 'code')),
    base_url text,
    return_urls text[] NOT NULL,
    support_phone text,
    support_email text,
    support_chat_url text,
    support_hours text,
    sender_name text NOT NULL,
    sender_number text,
    sender_can_reply boolean NOT NULL,
    -- Attempts after which recovery by code pauses; NULL is off.
    classic_attempts integer CHECK (classic_attempts BETWEEN 1 AND 20),
    classic_pause interval NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (is_sandbox OR countries IS NOT NULL),
    UNIQUE (id, is_sandbox)
);
