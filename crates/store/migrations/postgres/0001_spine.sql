-- The spine. Instants are milliseconds since 1970-01-01T00:00Z. Every key of a tenant's table leads with the tenant,
-- and so does every foreign key, so that the database itself refuses a crossing.

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('provider', 'customer')),
  created BIGINT NOT NULL
);
CREATE UNIQUE INDEX one_provider ON tenants (kind) WHERE kind = 'provider';

CREATE TABLE projects (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('build', 'operation')),
  started BIGINT,
  records BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, key)
);

CREATE TABLE people (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  reading TEXT NOT NULL DEFAULT '',
  lang TEXT NOT NULL DEFAULT 'ja',
  password TEXT,
  created BIGINT NOT NULL,
  disabled BIGINT
);

CREATE TABLE memberships (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  role TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX memberships_of_person ON memberships (person);

CREATE TABLE delegations (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  giver TEXT NOT NULL REFERENCES people (id),
  taker TEXT NOT NULL REFERENCES people (id),
  right_code TEXT NOT NULL,
  minute_from BIGINT NOT NULL,
  minute_to BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX delegations_of_taker ON delegations (taker);

CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (id),
  created BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  agent TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE api_keys (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  project TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('intake', 'api')),
  role TEXT NOT NULL,
  label TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created BIGINT NOT NULL,
  expires BIGINT,
  revoked BIGINT,
  last_used BIGINT,
  heartbeat_minutes BIGINT,
  last_heartbeat BIGINT,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key)
);

CREATE TABLE chain_heads (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  lane BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  instant BIGINT NOT NULL,
  events BIGINT NOT NULL,
  PRIMARY KEY (tenant, lane)
);

-- Every column is covered by the hash: tenant, seq, record, kind and instant stand in the JSON, the lane in the genesis.
CREATE TABLE facts (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  lane BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  record TEXT,
  kind TEXT NOT NULL,
  instant BIGINT NOT NULL,
  hash TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (tenant, lane, seq)
);
CREATE INDEX facts_of_record ON facts (tenant, record, seq) WHERE record IS NOT NULL;
-- Which incidents had no runbook, for the version that brings one.
-- Which mornings were told.
CREATE INDEX facts_of_mornings ON facts (tenant, seq) WHERE kind = 'tenant.morning_told';
CREATE INDEX facts_of_disposals ON facts (tenant, seq)
  WHERE kind IN ('disposal.proposed', 'disposal.answered', 'disposal.ended');
CREATE INDEX facts_of_disposed ON facts (tenant, record) WHERE kind = 'record.disposed';
CREATE INDEX facts_of_missing_runbooks ON facts (tenant, record) WHERE kind = 'incident.runbook_missing';

-- Named by SHA-256(salt || bytes); erasing sets both to NULL and leaves the chain valid.
CREATE TABLE blobs (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  media_type TEXT NOT NULL,
  salt BYTEA,
  bytes BYTEA,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE checkpoints (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  lane BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  instant BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (tenant, lane, seq)
);

-- Versions of calendars, agreements, criteria, contact plans, notice templates; the document is a blob, the fact names it.
CREATE TABLE versions (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  version BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  document TEXT NOT NULL,
  agreed_by TEXT,
  agreed_at BIGINT,
  PRIMARY KEY (tenant, kind, subject, version),
  FOREIGN KEY (tenant, document) REFERENCES blobs (tenant, id)
);

-- The header of every record; a cache of the fold over its facts, recomputed by verify.
CREATE TABLE records (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  project TEXT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  title TEXT NOT NULL,
  assignee TEXT,
  opened BIGINT NOT NULL,
  ended BIGINT,
  PRIMARY KEY (tenant, key),
  UNIQUE (tenant, project, number),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key)
);
CREATE INDEX open_records ON records (tenant, opened) WHERE ended IS NULL;
-- Lists of requests, the latest filed first: of one customer, of one project, and over all of them.
CREATE INDEX requests_by_opened ON records (tenant, opened, key) WHERE kind = 'request';
CREATE INDEX requests_of_project ON records (project, opened, key) WHERE kind = 'request';
CREATE INDEX requests_of_all ON records (opened, key) WHERE kind = 'request';

-- What an incident has beside the header; a cache of the fold too.
CREATE TABLE incidents (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  impact TEXT NOT NULL CHECK (impact IN ('unjudged', 'yes', 'no')),
  alert_at BIGINT NOT NULL,
  slo_due BIGINT NOT NULL,
  sla_due BIGINT,
  notified_at BIGINT,
  duty TEXT,
  duty_due BIGINT,
  known BIGINT NOT NULL CHECK (known IN (0, 1)),
  merged_into TEXT,
  children BIGINT NOT NULL,
  cause BIGINT,
  PRIMARY KEY (tenant, key),
  FOREIGN KEY (tenant, key) REFERENCES records (tenant, key),
  FOREIGN KEY (tenant, merged_into) REFERENCES records (tenant, key)
);
CREATE INDEX incidents_by_due ON incidents (tenant, slo_due);
-- Ended incidents that still owe a call or a runbook stay on the board.
CREATE INDEX incidents_of_cause ON incidents (cause) WHERE cause IS NOT NULL;
CREATE INDEX incidents_owing_calls ON incidents (tenant, key) WHERE duty = 'call_undelivered';
CREATE INDEX incidents_owing_runbooks ON incidents (tenant, key) WHERE duty = 'write_runbook';
CREATE INDEX incidents_owing_reports ON incidents (tenant, key)
  WHERE duty IN ('write_preliminary', 'approve_preliminary', 'write_final', 'approve_final', 'review_major');

-- What a request has beside the header; a cache of the fold too, as of its own last step.
CREATE TABLE requests (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  entry TEXT NOT NULL,
  kind TEXT NOT NULL,
  report TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('slight', 'possible', 'basic', 'advanced')),
  days BIGINT NOT NULL,
  pace TEXT NOT NULL CHECK (pace IN ('high', 'middle', 'low')),
  channel TEXT NOT NULL CHECK (channel IN ('ticket', 'telephone', 'provider')),
  received BIGINT NOT NULL,
  standard_due BIGINT,
  raw_due BIGINT,
  due BIGINT,
  held BIGINT NOT NULL,
  awaiting TEXT,
  excepted BIGINT NOT NULL CHECK (excepted IN (0, 1)),
  done BIGINT,
  breached BIGINT NOT NULL CHECK (breached IN (0, 1)),
  urgent BIGINT NOT NULL CHECK (urgent IN (0, 1)),
  owed TEXT,
  owed_due BIGINT,
  -- When the work that both sides agreed to begins and ends, until it is completed.
  work_from BIGINT,
  work_to BIGINT,
  -- 1 while the development team has it.
  handed BIGINT NOT NULL CHECK (handed IN (0, 1)),
  PRIMARY KEY (tenant, key),
  FOREIGN KEY (tenant, key) REFERENCES records (tenant, key)
);
CREATE INDEX requests_by_due ON requests (tenant, due) WHERE due IS NOT NULL;

-- Tables of appendix 5 that were frozen; the document is a blob, the fact names it. What they count is a cache of the document.
CREATE TABLE frozen_tables (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  number BIGINT NOT NULL,
  restates BIGINT,
  period_from BIGINT NOT NULL,
  period_before BIGINT NOT NULL,
  frozen_at BIGINT NOT NULL,
  frozen_by TEXT NOT NULL,
  checksum TEXT NOT NULL,
  document TEXT NOT NULL,
  reason TEXT,
  judged BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  sla_judged BIGINT NOT NULL,
  sla_missed BIGINT NOT NULL,
  PRIMARY KEY (tenant, number),
  FOREIGN KEY (tenant, restates) REFERENCES frozen_tables (tenant, number),
  FOREIGN KEY (tenant, document) REFERENCES blobs (tenant, id)
);

-- The verdicts that frozen tables fix, by ticket; a cache of the documents.
CREATE TABLE frozen_verdicts (
  tenant TEXT NOT NULL,
  record TEXT NOT NULL,
  number BIGINT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('met', 'missed')),
  PRIMARY KEY (tenant, record, number),
  FOREIGN KEY (tenant, record) REFERENCES records (tenant, key),
  FOREIGN KEY (tenant, number) REFERENCES frozen_tables (tenant, number)
);

-- Which incident a correlating key joins, and until when (NULL: while the incident is open).
CREATE TABLE correlations (
  tenant TEXT NOT NULL,
  project TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  incident TEXT NOT NULL,
  joins_until BIGINT,
  PRIMARY KEY (tenant, project, dedup_key),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key),
  FOREIGN KEY (tenant, incident) REFERENCES records (tenant, key)
);
CREATE INDEX correlations_of_incident ON correlations (tenant, incident);

-- One alert of one incident: its standing and how often it was told. `counted` of `count` stand in facts already.
CREATE TABLE alerts (
  tenant TEXT NOT NULL,
  incident TEXT NOT NULL,
  alert_key TEXT NOT NULL,
  project TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('firing', 'resolved')),
  severity TEXT NOT NULL,
  summary TEXT NOT NULL,
  source TEXT NOT NULL,
  first_received BIGINT NOT NULL,
  last_received BIGINT NOT NULL,
  count BIGINT NOT NULL,
  counted BIGINT NOT NULL,
  PRIMARY KEY (tenant, incident, alert_key),
  FOREIGN KEY (tenant, incident) REFERENCES records (tenant, key)
);
CREATE INDEX alerts_of_key ON alerts (tenant, dedup_key);
CREATE INDEX alerts_of_source ON alerts (tenant, source);
CREATE INDEX alerts_uncounted ON alerts (tenant, incident) WHERE counted < count;

-- Windows of work; a cache of the fold over their facts. `hosts` holds patterns, an empty text for the whole project.
CREATE TABLE windows (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  project TEXT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('planned', 'customer')),
  hosts TEXT NOT NULL,
  work TEXT NOT NULL,
  caller TEXT,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  announced BIGINT NOT NULL,
  ended BIGINT,
  cancelled BIGINT NOT NULL CHECK (cancelled IN (0, 1)),
  PRIMARY KEY (tenant, key),
  UNIQUE (tenant, project, number),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key),
  FOREIGN KEY (tenant, hosts) REFERENCES blobs (tenant, id),
  FOREIGN KEY (tenant, work) REFERENCES blobs (tenant, id),
  FOREIGN KEY (tenant, caller) REFERENCES blobs (tenant, id)
);
-- What the intake asks for each batch with something that is no repeat: mostly nothing.
CREATE INDEX windows_standing ON windows (tenant, project) WHERE ended IS NULL;

-- One alert kept in a window; `led_to` names the incident or the window it went to when this one ended.
CREATE TABLE window_alerts (
  tenant TEXT NOT NULL,
  window_key TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  alert_key TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('firing', 'resolved')),
  severity TEXT NOT NULL,
  summary TEXT NOT NULL,
  source TEXT NOT NULL,
  first_received BIGINT NOT NULL,
  last_received BIGINT NOT NULL,
  count BIGINT NOT NULL,
  counted BIGINT NOT NULL,
  led_to TEXT,
  PRIMARY KEY (tenant, window_key, dedup_key, alert_key),
  FOREIGN KEY (tenant, window_key) REFERENCES windows (tenant, key)
);
CREATE INDEX window_alerts_uncounted ON window_alerts (tenant, window_key) WHERE counted < count;

-- Every accepted event with its one fate; `body` names the blob with the bytes as they came.
CREATE TABLE alert_events (
  tenant TEXT NOT NULL,
  id BIGINT NOT NULL,
  project TEXT NOT NULL,
  api_key TEXT NOT NULL,
  sender TEXT NOT NULL,
  received BIGINT NOT NULL,
  action TEXT NOT NULL,
  fate TEXT NOT NULL,
  dedup_key TEXT,
  alert_key TEXT,
  incident TEXT,
  kept_in TEXT,
  note TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key),
  FOREIGN KEY (tenant, incident) REFERENCES records (tenant, key),
  FOREIGN KEY (tenant, kept_in) REFERENCES windows (tenant, key)
);
CREATE INDEX alert_events_of_day ON alert_events (tenant, received);
CREATE INDEX alert_events_unreadable ON alert_events (tenant, received) WHERE fate = 'unreadable';

-- A deadline is a row: re-arming raises the generation and clears `fired`.
CREATE TABLE timers (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  generation BIGINT NOT NULL,
  due BIGINT NOT NULL,
  fired BIGINT,
  PRIMARY KEY (tenant, subject, kind)
);
CREATE INDEX timers_due ON timers (due) WHERE fired IS NULL;

-- A message is a row: claimed under a lease of a node and a fence, never locked during a send.
CREATE TABLE messages (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  key TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('notice', 'page', 'summary')),
  channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
  record TEXT,
  recipient TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'failed', 'dropped')),
  created BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  node TEXT,
  lease_until BIGINT,
  fence BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL DEFAULT 0,
  reason TEXT,
  ended BIGINT,
  -- A page: when it was let out to its person, and the message it goes out with.
  let_out BIGINT,
  digest TEXT,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, key),
  FOREIGN KEY (tenant, payload) REFERENCES blobs (tenant, id)
);
CREATE INDEX messages_of_record ON messages (tenant, record) WHERE record IS NOT NULL;
CREATE INDEX messages_waiting ON messages (not_before) WHERE state = 'queued';
CREATE INDEX messages_sending ON messages (node) WHERE state = 'sending';
CREATE INDEX messages_paged ON messages (recipient, let_out) WHERE class = 'page';

CREATE TABLE webhooks (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  created BIGINT NOT NULL,
  disabled BIGINT,
  PRIMARY KEY (tenant, id)
);

-- Secrets that the customer reads once, sealed, until they are read, taken back or too old; `number` is the fact that handed it over.
CREATE TABLE secrets (
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  record TEXT NOT NULL,
  until BIGINT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (tenant, number),
  FOREIGN KEY (tenant, record) REFERENCES records (tenant, key)
);

-- A cause common to incidents of several customers; `number` is the place of the fact that opened it in the provider's chain.
CREATE TABLE causes (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  number BIGINT NOT NULL,
  title TEXT NOT NULL,
  opened BIGINT NOT NULL,
  closed BIGINT,
  PRIMARY KEY (tenant, number)
);

-- Mails that came in; `number` is the place of the fact that says so in the tenant's chain. Those on a ticket stand in its tenant,
-- those kept for people (`why`) in the provider's, where `record` is the ticket they seem to be about.
CREATE TABLE mails (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  number BIGINT NOT NULL,
  mail TEXT NOT NULL,
  received BIGINT NOT NULL,
  why TEXT,
  record TEXT,
  sender TEXT NOT NULL,
  subject TEXT,
  words TEXT,
  raw TEXT NOT NULL,
  settled BIGINT,
  attached TEXT,
  PRIMARY KEY (tenant, number),
  UNIQUE (tenant, mail)
);
CREATE INDEX mails_kept ON mails (tenant, received) WHERE why IS NOT NULL;
CREATE INDEX mails_waiting ON mails (tenant, received) WHERE why IS NOT NULL AND settled IS NULL;

-- Numbers being dialled: one person at a time, for whatever customer.
CREATE TABLE number_leases (
  digits TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  until BIGINT NOT NULL
);

-- One row a running process: seen each second, dead after four.
CREATE TABLE nodes (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  started BIGINT NOT NULL,
  seen BIGINT NOT NULL
);

CREATE TABLE idempotency (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  status BIGINT NOT NULL,
  body BYTEA NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (tenant, caller, key)
);
CREATE INDEX idempotency_age ON idempotency (created);

-- The index of words, which follows the chains and can be made anew from them: how far it is, and what was indexed.
CREATE TABLE search_places (
  tenant TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
);
CREATE TABLE search_texts (
  tenant TEXT NOT NULL,
  id BIGINT NOT NULL,
  record TEXT NOT NULL,
  project TEXT NOT NULL,
  seq BIGINT NOT NULL,
  internal BIGINT NOT NULL,
  blob TEXT NOT NULL,
  words TSVECTOR NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX search_texts_newest ON search_texts (id);
CREATE INDEX search_texts_of_record ON search_texts (tenant, record, seq);
CREATE INDEX search_words ON search_texts USING GIN (words);

-- Where the readiness check commits something: one row.
CREATE TABLE readiness (
  id BIGINT NOT NULL PRIMARY KEY,
  checked BIGINT NOT NULL
);

-- When the next pack is due, which node makes it until when, and how the last try went: one row.
CREATE TABLE packs (
  id BIGINT NOT NULL PRIMARY KEY,
  node TEXT NOT NULL,
  due BIGINT NOT NULL,
  held_until BIGINT NOT NULL,
  made BIGINT,
  failing_since BIGINT,
  reason TEXT
);

-- What was written as evidence stays as it was written.
CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'facts only grow';
END
$$;
CREATE TRIGGER facts_only_grow BEFORE UPDATE OR DELETE ON facts FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER facts_never_emptied BEFORE TRUNCATE ON facts EXECUTE FUNCTION only_grows();
CREATE TRIGGER checkpoints_only_grow BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER checkpoints_never_emptied BEFORE TRUNCATE ON checkpoints EXECUTE FUNCTION only_grows();
