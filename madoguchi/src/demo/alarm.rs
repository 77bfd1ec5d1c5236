//! What the monitoring tools of the demo send: bodies as Alertmanager and Zabbix write them, read by the real intake.

use super::people::intake_secret;
use domain::alerts::AlertEvent;
use domain::fact::sha256;
use domain::time::Instant;
use serde_json::{Value, json};

/// One thing a tool watches.
pub(super) struct Alarm {
    /// Which tool.
    pub(super) tool: Tool,
    /// Name of the rule; alerts of one rule in one project are one incident for Alertmanager.
    pub(super) rule: &'static str,
    /// Host.
    pub(super) host: &'static str,
    /// Severity.
    pub(super) severity: &'static str,
    /// What is wrong, in a line.
    pub(super) summary: &'static str,
    /// More of it.
    pub(super) description: &'static str,
}

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// Prometheus Alertmanager by its webhook.
    Alertmanager,
    /// Zabbix by Events v2.
    Zabbix,
}

/// What a tool sent, as the desk takes it in.
pub(super) struct Sent {
    /// The sender's format.
    pub(super) sender: &'static str,
    /// The bytes.
    pub(super) body: Vec<u8>,
    /// What they say.
    pub(super) content: Result<Vec<AlertEvent>, String>,
}

impl Alarm {
    /// The alarm begins, or is told again.
    pub(super) fn fires(&self, project: &str, at: Instant) -> Sent {
        self.sent(project, at, true)
    }

    /// The tool says that it is over.
    pub(super) fn resolves(&self, project: &str, at: Instant) -> Sent {
        self.sent(project, at, false)
    }

    /// What joins its alerts into one incident.
    pub(super) fn dedup_key(&self, project: &str) -> String {
        let (rule, host, service) = (self.rule, self.host, project.to_lowercase());
        match self.tool {
            Tool::Alertmanager => format!("{{}}/{{service=\"{service}\"}}:{{alertname=\"{rule}\"}}"),
            Tool::Zabbix => format!("zabbix/{host}/{rule}"),
        }
    }

    fn sent(&self, project: &str, at: Instant, firing: bool) -> Sent {
        match self.tool {
            Tool::Alertmanager => alertmanager(&self.group(project, at, firing)),
            Tool::Zabbix => events_v2(&self.event(project, firing)),
        }
    }

    /// Alertmanager's webhook, version 4.
    fn group(&self, project: &str, at: Instant, firing: bool) -> Value {
        let Self { rule, host, severity, summary, description, .. } = self;
        let service = project.to_lowercase();
        let status = if firing { "firing" } else { "resolved" };
        let ends = if firing { "0001-01-01T00:00:00Z".to_owned() } else { at.to_string() };
        let fingerprint: String = sha256(&[rule.as_bytes(), host.as_bytes()]).as_str().chars().take(16).collect();
        let labels = json!({ "alertname": rule, "instance": host, "service": service, "severity": severity });
        let annotations = json!({ "summary": summary, "description": description });
        json!({
            "version": "4",
            "groupKey": self.dedup_key(project),
            "truncatedAlerts": 0,
            "status": status,
            "receiver": "madoguchi",
            "groupLabels": { "alertname": rule },
            "commonLabels": labels,
            "commonAnnotations": annotations,
            "externalURL": "https://alertmanager.example.jp",
            "alerts": [{
                "status": status,
                "labels": labels,
                "annotations": annotations,
                "startsAt": at.plus_ms(-65_000),
                "endsAt": ends,
                "generatorURL": format!("https://prometheus.example.jp/graph?g0.expr={rule}"),
                "fingerprint": fingerprint,
            }],
        })
    }

    /// Zabbix' media type for Events v2.
    fn event(&self, project: &str, firing: bool) -> Value {
        let Self { rule, host, severity, summary, description, .. } = self;
        json!({
            "routing_key": intake_secret(project),
            "event_action": if firing { "trigger" } else { "resolve" },
            "dedup_key": self.dedup_key(project),
            "client": "Zabbix",
            "client_url": "https://zabbix.example.jp",
            "payload": {
                "summary": summary,
                "source": host,
                "severity": severity,
                "component": rule,
                "group": project,
                "custom_details": { "trigger": rule, "operational_data": description },
            },
        })
    }
}

fn alertmanager(body: &Value) -> Sent {
    let body = body.to_string().into_bytes();
    let content = intake::alertmanager::parse(&body, false).map_err(|unreadable| unreadable.reason());
    Sent { sender: intake::alertmanager::SENDER, body, content }
}

fn events_v2(body: &Value) -> Sent {
    let body = body.to_string().into_bytes();
    let fresh = store::random::letters::<32>;
    let content = intake::events_v2::parse(&body, false, fresh).map_err(|unreadable| unreadable.reason());
    Sent { sender: intake::events_v2::SENDER, body, content }
}

/// A change that a deployment tool told.
pub(super) fn change(project: &str, summary: &str, source: &str) -> Sent {
    let body = json!({
        "routing_key": intake_secret(project),
        "payload": { "summary": summary, "source": source, "custom_details": { "pipeline": "production" } },
    });
    let body = body.to_string().into_bytes();
    let fresh = store::random::letters::<32>;
    let content = intake::events_v2::parse_change(&body, fresh).map_err(|unreadable| unreadable.reason());
    Sent { sender: intake::events_v2::SENDER, body, content }
}

/// A body that broke off on its way.
pub(super) fn broken_off(alarm: &Alarm, project: &str, at: Instant) -> Sent {
    let whole = alarm.group(project, at, true).to_string().into_bytes();
    let body = whole[..whole.len() / 2].to_vec();
    let content = intake::alertmanager::parse(&body, false).map_err(|unreadable| unreadable.reason());
    Sent { sender: intake::alertmanager::SENDER, body, content }
}
