-- The spine. Instants are milliseconds since 1970-01-01T00:00Z. Every key of a tenant's table leads with the tenant,
-- and so does every foreign key, so that the database itself refuses a crossing.

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('provider', 'customer')),
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_provider ON tenants (kind) WHERE kind = 'provider';

CREATE TABLE projects (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('build', 'operation')),
  started INTEGER,
  records INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  reading TEXT NOT NULL DEFAULT '',
  lang TEXT NOT NULL DEFAULT 'ja',
  password TEXT,
  created INTEGER NOT NULL,
  disabled INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  role TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of_person ON memberships (person);

CREATE TABLE delegations (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  giver TEXT NOT NULL REFERENCES people (id),
  taker TEXT NOT NULL REFERENCES people (id),
  right_code TEXT NOT NULL,
  minute_from INTEGER NOT NULL,
  minute_to INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delegations_of_taker ON delegations (taker);

CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (id),
  created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  agent TEXT NOT NULL,
  address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE api_keys (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  project TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('intake', 'api')),
  role TEXT NOT NULL,
  label TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked INTEGER,
  last_used INTEGER,
  heartbeat_minutes INTEGER,
  last_heartbeat INTEGER,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE chain_heads (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  instant INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (tenant, lane)
) STRICT, WITHOUT ROWID;

-- Every column is covered by the hash: tenant, seq, record, kind and instant stand in the JSON, the lane in the genesis.
CREATE TABLE facts (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  record TEXT,
  kind TEXT NOT NULL,
  instant INTEGER NOT NULL,
  hash TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (tenant, lane, seq)
) STRICT, WITHOUT ROWID;
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
  salt BLOB,
  bytes BLOB,
  PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE checkpoints (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  instant INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (tenant, lane, seq)
) STRICT, WITHOUT ROWID;

-- Versions of calendars, agreements, criteria, contact plans, notice templates; the document is a blob, the fact names it.
CREATE TABLE versions (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  document TEXT NOT NULL,
  agreed_by TEXT,
  agreed_at INTEGER,
  PRIMARY KEY (tenant, kind, subject, version),
  FOREIGN KEY (tenant, document) REFERENCES blobs (tenant, id)
) STRICT, WITHOUT ROWID;

-- The header of every record; a cache of the fold over its facts, recomputed by verify.
CREATE TABLE records (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  project TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  assignee TEXT,
  opened INTEGER NOT NULL,
  ended INTEGER,
  PRIMARY KEY (tenant, key),
  UNIQUE (tenant, project, number),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key)
) STRICT, WITHOUT ROWID;
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
  alert_at INTEGER NOT NULL,
  slo_due INTEGER NOT NULL,
  sla_due INTEGER,
  notified_at INTEGER,
  duty TEXT,
  duty_due INTEGER,
  known INTEGER NOT NULL CHECK (known IN (0, 1)),
  merged_into TEXT,
  children INTEGER NOT NULL,
  cause INTEGER,
  PRIMARY KEY (tenant, key),
  FOREIGN KEY (tenant, key) REFERENCES records (tenant, key),
  FOREIGN KEY (tenant, merged_into) REFERENCES records (tenant, key)
) STRICT, WITHOUT ROWID;
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
  days INTEGER NOT NULL,
  pace TEXT NOT NULL CHECK (pace IN ('high', 'middle', 'low')),
  channel TEXT NOT NULL CHECK (channel IN ('ticket', 'telephone', 'provider')),
  received INTEGER NOT NULL,
  standard_due INTEGER,
  raw_due INTEGER,
  due INTEGER,
  held INTEGER NOT NULL,
  awaiting TEXT,
  excepted INTEGER NOT NULL CHECK (excepted IN (0, 1)),
  done INTEGER,
  breached INTEGER NOT NULL CHECK (breached IN (0, 1)),
  urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
  owed TEXT,
  owed_due INTEGER,
  -- When the work that both sides agreed to begins and ends, until it is completed.
  work_from INTEGER,
  work_to INTEGER,
  -- 1 while the development team has it.
  handed INTEGER NOT NULL CHECK (handed IN (0, 1)),
  PRIMARY KEY (tenant, key),
  FOREIGN KEY (tenant, key) REFERENCES records (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_due ON requests (tenant, due) WHERE due IS NOT NULL;

-- Tables of appendix 5 that were frozen; the document is a blob, the fact names it. What they count is a cache of the document.
CREATE TABLE frozen_tables (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  number INTEGER NOT NULL,
  restates INTEGER,
  period_from INTEGER NOT NULL,
  period_before INTEGER NOT NULL,
  frozen_at INTEGER NOT NULL,
  frozen_by TEXT NOT NULL,
  checksum TEXT NOT NULL,
  document TEXT NOT NULL,
  reason TEXT,
  judged INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  sla_judged INTEGER NOT NULL,
  sla_missed INTEGER NOT NULL,
  PRIMARY KEY (tenant, number),
  FOREIGN KEY (tenant, restates) REFERENCES frozen_tables (tenant, number),
  FOREIGN KEY (tenant, document) REFERENCES blobs (tenant, id)
) STRICT, WITHOUT ROWID;

-- The verdicts that frozen tables fix, by ticket; a cache of the documents.
CREATE TABLE frozen_verdicts (
  tenant TEXT NOT NULL,
  record TEXT NOT NULL,
  number INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('met', 'missed')),
  PRIMARY KEY (tenant, record, number),
  FOREIGN KEY (tenant, record) REFERENCES records (tenant, key),
  FOREIGN KEY (tenant, number) REFERENCES frozen_tables (tenant, number)
) STRICT, WITHOUT ROWID;

-- Which incident a correlating key joins, and until when (NULL: while the incident is open).
CREATE TABLE correlations (
  tenant TEXT NOT NULL,
  project TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  incident TEXT NOT NULL,
  joins_until INTEGER,
  PRIMARY KEY (tenant, project, dedup_key),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key),
  FOREIGN KEY (tenant, incident) REFERENCES records (tenant, key)
) STRICT, WITHOUT ROWID;
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
  first_received INTEGER NOT NULL,
  last_received INTEGER NOT NULL,
  count INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  PRIMARY KEY (tenant, incident, alert_key),
  FOREIGN KEY (tenant, incident) REFERENCES records (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_of_key ON alerts (tenant, dedup_key);
CREATE INDEX alerts_of_source ON alerts (tenant, source);
CREATE INDEX alerts_uncounted ON alerts (tenant, incident) WHERE counted < count;

-- Windows of work; a cache of the fold over their facts. `hosts` holds patterns, an empty text for the whole project.
CREATE TABLE windows (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  project TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('planned', 'customer')),
  hosts TEXT NOT NULL,
  work TEXT NOT NULL,
  caller TEXT,
  begins INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  announced INTEGER NOT NULL,
  ended INTEGER,
  cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
  PRIMARY KEY (tenant, key),
  UNIQUE (tenant, project, number),
  FOREIGN KEY (tenant, project) REFERENCES projects (tenant, key),
  FOREIGN KEY (tenant, hosts) REFERENCES blobs (tenant, id),
  FOREIGN KEY (tenant, work) REFERENCES blobs (tenant, id),
  FOREIGN KEY (tenant, caller) REFERENCES blobs (tenant, id)
) STRICT, WITHOUT ROWID;
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
  first_received INTEGER NOT NULL,
  last_received INTEGER NOT NULL,
  count INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  led_to TEXT,
  PRIMARY KEY (tenant, window_key, dedup_key, alert_key),
  FOREIGN KEY (tenant, window_key) REFERENCES windows (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX window_alerts_uncounted ON window_alerts (tenant, window_key) WHERE counted < count;

-- Every accepted event with its one fate; `body` names the blob with the bytes as they came.
CREATE TABLE alert_events (
  tenant TEXT NOT NULL,
  id INTEGER NOT NULL,
  project TEXT NOT NULL,
  api_key TEXT NOT NULL,
  sender TEXT NOT NULL,
  received INTEGER NOT NULL,
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
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_events_of_day ON alert_events (tenant, received);
CREATE INDEX alert_events_unreadable ON alert_events (tenant, received) WHERE fate = 'unreadable';

-- A deadline is a row: re-arming raises the generation and clears `fired`.
CREATE TABLE timers (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  generation INTEGER NOT NULL,
  due INTEGER NOT NULL,
  fired INTEGER,
  PRIMARY KEY (tenant, subject, kind)
) STRICT, WITHOUT ROWID;
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
  created INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  node TEXT,
  lease_until INTEGER,
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  ended INTEGER,
  -- A page: when it was let out to its person, and the message it goes out with.
  let_out INTEGER,
  digest TEXT,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, key),
  FOREIGN KEY (tenant, payload) REFERENCES blobs (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_of_record ON messages (tenant, record) WHERE record IS NOT NULL;
CREATE INDEX messages_waiting ON messages (not_before) WHERE state = 'queued';
CREATE INDEX messages_sending ON messages (node) WHERE state = 'sending';
CREATE INDEX messages_paged ON messages (recipient, let_out) WHERE class = 'page';

CREATE TABLE webhooks (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  created INTEGER NOT NULL,
  disabled INTEGER,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Secrets that the customer reads once, sealed, until they are read, taken back or too old; `number` is the fact that handed it over.
CREATE TABLE secrets (
  tenant TEXT NOT NULL,
  number INTEGER NOT NULL,
  record TEXT NOT NULL,
  until INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (tenant, number),
  FOREIGN KEY (tenant, record) REFERENCES records (tenant, key)
) STRICT, WITHOUT ROWID;

-- A cause common to incidents of several customers; `number` is the place of the fact that opened it in the provider's chain.
CREATE TABLE causes (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  opened INTEGER NOT NULL,
  closed INTEGER,
  PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

-- Mails that came in; `number` is the place of the fact that says so in the tenant's chain. Those on a ticket stand in its tenant,
-- those kept for people (`why`) in the provider's, where `record` is the ticket they seem to be about.
CREATE TABLE mails (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  number INTEGER NOT NULL,
  mail TEXT NOT NULL,
  received INTEGER NOT NULL,
  why TEXT,
  record TEXT,
  sender TEXT NOT NULL,
  subject TEXT,
  words TEXT,
  raw TEXT NOT NULL,
  settled INTEGER,
  attached TEXT,
  PRIMARY KEY (tenant, number),
  UNIQUE (tenant, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX mails_kept ON mails (tenant, received) WHERE why IS NOT NULL;
CREATE INDEX mails_waiting ON mails (tenant, received) WHERE why IS NOT NULL AND settled IS NULL;

-- Numbers being dialled: one person at a time, for whatever customer.
CREATE TABLE number_leases (
  digits TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a running process: seen each second, dead after four.
CREATE TABLE nodes (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  started INTEGER NOT NULL,
  seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (tenant, caller, key)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (created);

-- The index of words, which follows the chains and can be made anew from them: how far it is, what was indexed, and the words.
-- PostgreSQL keeps the words beside the texts.
CREATE TABLE search_places (
  tenant TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE search_texts (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  record TEXT NOT NULL,
  project TEXT NOT NULL,
  seq INTEGER NOT NULL,
  internal INTEGER NOT NULL,
  blob TEXT NOT NULL
) STRICT;
CREATE INDEX search_texts_of_record ON search_texts (tenant, record, seq);
-- One character is looked up as the beginning of a pair: without an index of beginnings it reads all pairs that have it.
CREATE VIRTUAL TABLE search_words USING fts5 (whose, words, tokenize = 'unicode61 remove_diacritics 0', prefix = '1');
-- Words that go are overwritten, not only forgotten.
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);

-- Where the readiness check commits something: one row.
CREATE TABLE readiness (
  id INTEGER NOT NULL PRIMARY KEY,
  checked INTEGER NOT NULL
) STRICT;

-- When the next pack is due, which node makes it until when, and how the last try went: one row.
CREATE TABLE packs (
  id INTEGER NOT NULL PRIMARY KEY,
  node TEXT NOT NULL,
  due INTEGER NOT NULL,
  held_until INTEGER NOT NULL,
  made INTEGER,
  failing_since INTEGER,
  reason TEXT
) STRICT;

-- What was written as evidence stays as it was written.
CREATE TRIGGER facts_no_update BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts only grow'); END;
CREATE TRIGGER facts_no_delete BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts only grow'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'facts only grow'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'facts only grow'); END;

-- What the planner reckons with: ten customers with a hundred thousand tickets each. Without figures it takes the primary key of a
-- tenant for nearly as good as any index and reads all of that tenant; figures that are given rather than measured keep the plans
-- the same in a test and after years (sqlite.org/fileformat2.html#stat1tab, sqlite.org/queryplanner-ng.html#qpstab). A figure is
-- the rows of the index, then how many share its first column, its first two, and so on.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('facts', 'facts', '10000000 1000000 1000000 1'),
  ('facts', 'facts_of_record', '9000000 900000 10 1'),
  ('facts', 'facts_of_mornings', '3000 300 1'),
  ('facts', 'facts_of_disposals', '300 30 1'),
  ('facts', 'facts_of_disposed', '10000 1000 1'),
  ('facts', 'facts_of_missing_runbooks', '10000 1000 1'),
  ('blobs', 'sqlite_autoindex_blobs_1', '10000000 1000000 1'),
  ('records', 'records', '1000000 100000 1'),
  ('records', 'sqlite_autoindex_records_2', '1000000 100000 50000 1'),
  ('records', 'open_records', '2000 200 1'),
  ('records', 'requests_by_opened', '900000 90000 1 1'),
  ('records', 'requests_of_project', '900000 50000 1 1'),
  ('records', 'requests_of_all', '900000 1 1'),
  ('requests', 'requests', '900000 90000 1'),
  ('requests', 'requests_by_due', '900000 90000 50'),
  ('incidents', 'incidents', '100000 10000 1'),
  ('incidents', 'incidents_by_due', '100000 10000 1'),
  ('incidents', 'incidents_of_cause', '1000 10'),
  ('incidents', 'incidents_owing_calls', '10 2 1'),
  ('incidents', 'incidents_owing_runbooks', '100 10 1'),
  ('incidents', 'incidents_owing_reports', '100 10 1'),
  ('frozen_verdicts', 'frozen_verdicts', '1000000 100000 1 1'),
  ('correlations', 'correlations', '100000 10000 5000 1'),
  ('correlations', 'correlations_of_incident', '100000 10000 1'),
  ('alerts', 'alerts', '200000 20000 2 1'),
  ('alerts', 'alerts_of_key', '200000 20000 10'),
  ('alerts', 'alerts_of_source', '200000 20000 100'),
  ('alerts', 'alerts_uncounted', '100 10 1'),
  ('window_alerts', 'window_alerts', '10000 1000 10 2 1'),
  ('window_alerts', 'window_alerts_uncounted', '100 10 1'),
  ('alert_events', 'alert_events', '3000000 300000 1'),
  ('alert_events', 'alert_events_of_day', '3000000 300000 1'),
  ('alert_events', 'alert_events_unreadable', '1000 100 1'),
  ('timers', 'timers', '100000 10000 2 1'),
  ('timers', 'timers_due', '10000 1'),
  ('messages', 'messages', '3000000 300000 1'),
  ('messages', 'sqlite_autoindex_messages_2', '3000000 300000 1'),
  ('messages', 'messages_of_record', '3000000 300000 3'),
  ('messages', 'messages_waiting', '100 1'),
  ('messages', 'messages_sending', '100 10'),
  ('messages', 'messages_paged', '10000 1000 1'),
  ('mails', 'mails', '100000 10000 1'),
  ('mails', 'sqlite_autoindex_mails_2', '100000 10000 1'),
  ('mails', 'mails_kept', '1000 500 1'),
  ('mails', 'mails_waiting', '20 10 1');
ANALYZE sqlite_schema;
