-- The words are those of db/reminder_tables.py.

CREATE TABLE reminder_choice (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    tz VARCHAR(64) NOT NULL,
    follows BOOLEAN NOT NULL DEFAULT FALSE,
    quiet_from VARCHAR(5) NOT NULL,
    quiet_to VARCHAR(5) NOT NULL,
    in_school BOOLEAN NOT NULL DEFAULT FALSE,
    switched_off_at TIMESTAMPTZ,
    paused_until TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    said BYTEA
);
CREATE UNIQUE INDEX reminder_choice_person ON reminder_choice (person);

CREATE TABLE reminder (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    local_time VARCHAR(5) NOT NULL,
    days SMALLINT NOT NULL,
    next_at TIMESTAMPTZ,
    slot_at TIMESTAMPTZ,
    unanswered SMALLINT NOT NULL DEFAULT 0,
    stopped_at TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    lease_by UUID,
    attempts SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX reminder_person ON reminder (person);
CREATE INDEX reminder_next ON reminder (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX reminder_lease ON reminder (lease_by) WHERE lease_by IS NOT NULL;

CREATE TABLE after_care (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    step SMALLINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    push_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX after_care_person ON after_care (person, step);
CREATE INDEX after_care_push ON after_care (push_at) WHERE push_at IS NOT NULL;

CREATE TABLE subscription (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    session UUID NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    endpoint_hash VARCHAR(64) NOT NULL,
    sealed BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX subscription_endpoint ON subscription (endpoint_hash);
CREATE INDEX subscription_person ON subscription (person);
CREATE INDEX subscription_session ON subscription (session);

CREATE TABLE outgoing (
    id VARCHAR(80) PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    subscription UUID NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    face VARCHAR(10) NOT NULL,
    topic VARCHAR(32) NOT NULL,
    send_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ,
    lease_by UUID,
    attempts SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX outgoing_send ON outgoing (send_at);
CREATE INDEX outgoing_person ON outgoing (person);
CREATE INDEX outgoing_subscription ON outgoing (subscription);
CREATE INDEX outgoing_lease ON outgoing (lease_by) WHERE lease_by IS NOT NULL;

CREATE TABLE notice (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind VARCHAR(20) NOT NULL,
    path VARCHAR(120) NOT NULL,
    many INTEGER NOT NULL DEFAULT 1,
    at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ
);
-- The same thing happening again, before it was read, is one notice that counts.
CREATE UNIQUE INDEX notice_unread ON notice (person, kind, path) WHERE read_at IS NULL;
CREATE INDEX notice_inbox ON notice (person, at DESC, id DESC);
CREATE INDEX notice_old ON notice (at);

CREATE TABLE notice_switch (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind VARCHAR(20) NOT NULL,
    since TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX notice_switch_person ON notice_switch (person, kind);
