//! Private peers for tests: PostgreSQL, SMTP, Alertmanager, Chromium (dev).
