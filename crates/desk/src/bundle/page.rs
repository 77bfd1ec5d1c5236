//! The page inside the bundle: opens in a browser without anything else, and fetches nothing.

use super::files::Filed;
use super::spool::Spool;
use super::tables::{Table, effect};
use super::{COMPLIANCE_CSV, Context, INCIDENTS_CSV, REQUESTS_CSV};
use crate::verify::{Checked, Facts};
use domain::compliance::missed_text;
use domain::fact::Fact;
use domain::ids::{BlobId, RecordKey};
use domain::time::Instant;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// The newest tickets shown with their facts; all of them stand in the sheets.
pub(crate) const TICKETS: usize = 500;
/// Records whose facts are read together.
const BATCH: usize = 50;

const HEAD: &str = "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<style>:root{color-scheme:light dark}body{font:16px/1.7 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}\
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border:1px solid #8888;padding:.3rem .5rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}thead th{position:sticky;top:0;background:Canvas}small{opacity:.75}\
summary{cursor:pointer;padding:.4rem 0}pre{overflow-x:auto;padding:.75rem;border:1px solid #8888}code{overflow-wrap:anywhere}\
.wide{overflow-x:auto}dt{font-weight:600}dd{margin:0 0 .3rem 1rem}</style>";

/// Writes the page.
pub(crate) async fn write<S: Facts>(
    to: &mut Spool,
    source: &mut S,
    context: &Context,
    tables: &[Table],
    recent: &VecDeque<Value>,
) -> Checked {
    to.write_all(opening(context).as_bytes())?;
    for (place, table) in tables.iter().enumerate() {
        to.write_all(of_table(table, place == 0).as_bytes())?;
    }
    let (shown, all) = (recent.len(), context.records.len());
    let rest = match all > shown {
        false => String::new(),
        true => format!("新しいものから {shown} 件です。全件は {REQUESTS_CSV} と {INCIDENTS_CSV} にあります。"),
    };
    let head = format!("<h2 id=\"tickets\">チケット <small lang=\"en\">Tickets</small></h2><p>{rest}</p>");
    to.write_all(head.as_bytes())?;
    let newest: Vec<&Value> = recent.iter().rev().collect();
    for some in newest.chunks(BATCH) {
        tickets(to, source, context, some).await?;
    }
    to.write_all(b"</body></html>\n")?;
    Ok(())
}

fn opening(it: &Context) -> String {
    let name = escaped(&it.name);
    let (seq, hash, tenant) = (it.head.seq, &it.head.hash, &it.tenant);
    format!(
        "{HEAD}<title>{name} — 証跡</title></head><body>\
<header><h1>{name} 証跡 <small lang=\"en\">Proof</small></h1>\
<p>このファイルには、{name}様のサポート業務の記録がすべて入っています。製品がなくても読め、改ざんがないことを手元で確かめられます。<br>\
<small lang=\"en\">Everything the support desk recorded for this customer. It can be read and checked without the product.</small></p>\
<dl><dt>最後の記録 <small lang=\"en\">Last fact</small></dt><dd>{seq} ({at})</dd>\
<dt>チェーンの値 <small lang=\"en\">Hash of the chain</small></dt><dd><code>{hash}</code></dd>\
<dt>お客様 ID <small lang=\"en\">Tenant</small></dt><dd><code>{tenant}</code></dd></dl>\
<nav><a href=\"#verify\">確かめ方</a> · <a href=\"#tables\">順守状況</a> · <a href=\"#tickets\">チケット</a></nav></header>\
<h2 id=\"verify\">確かめ方 <small lang=\"en\">How to verify</small></h2>\
<p>ネットワークもデータベースも要りません。鍵は、ポータルの「証跡」のページに表示されるものを使ってください。<br>\
<small lang=\"en\">Needs no network and no database. Take the key from the portal's page, not from this file.</small></p>\
<pre>madoguchi verify --bundle FILE.zip --checkpoint-key madoguchi+…</pre>\
<p>手で確かめるには: <small lang=\"en\">By hand:</small></p>\
<pre>p=$(printf 'madoguchi/chain/1\\n{tenant}\\n0\\n' | sha256sum | cut -c1-64)\n\
while IFS= read -r line; do\n  fact=${{line#*,\\\"fact\\\":}}; fact=${{fact%\\}}}}\n  \
p=$(printf %s \"$p$fact\" | sha256sum | cut -c1-64)\ndone &lt; facts.jsonl\n\
echo \"$p\"   # {hash}</pre>\
<h3>入っているもの <small lang=\"en\">What is inside</small></h3><table><tbody>{parts}</tbody></table>\
<h2 id=\"tables\">順守状況 <small lang=\"en\">How service levels were kept</small></h2>",
        at = local(it.as_of),
        parts = PARTS
            .iter()
            .map(|(name, ja, en)| format!("<tr><th>{name}</th><td>{ja}<br><small lang=\"en\">{en}</small></td></tr>"))
            .collect::<String>(),
    )
}

const PARTS: [(&str, &str, &str); 11] = [
    (
        "facts.jsonl",
        "起きたことのすべて。1行に1件、ハッシュの対象になった文字列そのまま",
        "Every fact exactly as hashed, one a line",
    ),
    ("blobs.jsonl", "文章と名前。名前はソルトと内容のSHA-256", "Words; a name is SHA-256 over salt and content"),
    ("events.jsonl", "受信したアラート", "Alerts as they came in"),
    ("checkpoints.txt", "署名されたチェックポイント", "Signed checkpoints of the chain"),
    (
        "papers.jsonl",
        "期限の計算に使った当社の休業日、サービスカタログ、手順",
        "The provider's calendar, catalogue and procedures",
    ),
    ("requests.*, incidents.*", "チケットと、その期限・判定", "Tickets with their dues and verdicts"),
    ("records.*", "苦情など、ほかの手続きの記録", "Records of other procedures, such as complaints"),
    ("windows.*", "作業時間帯と、その間に受信したアラート", "Windows of work and what was kept in them"),
    ("files/", "添付ファイル。チケットごと", "Attached files, by ticket"),
    ("compliance.*", "順守状況の表。全期間と月ごと", "The tables of appendix 5, over all and by month"),
    ("manifest.json", "各ファイルのSHA-256", "SHA-256 of every part"),
];

fn of_table(table: &Table, is_open: bool) -> String {
    let title = if table.period == "all" { "全期間" } else { &table.period };
    let open = if is_open { " open" } else { "" };
    let mut text = format!(
        "<details{open}><summary>{title}</summary><div class=\"wide\"><table><thead><tr><th>依頼作業名</th><th>標準日数</th>\
<th>件数</th><th>目標未達</th><th>順守判定</th><th>例外</th><th>保留</th><th>保留により達成</th><th>取消</th></tr></thead><tbody>"
    );
    for line in &table.requests {
        let cells = [
            escaped(&line.row.name),
            format!("{} 営業日", line.row.class.days().get()),
            line.tickets.len().to_string(),
            missed_text(line.missed.len()),
            line.judgement().sign().to_owned(),
            line.excepted.len().to_string(),
            line.held.len().to_string(),
            line.met_by_hold.len().to_string(),
            line.cancelled.len().to_string(),
        ];
        row(&mut text, &cells);
    }
    for line in &table.incidents {
        let cells = [
            format!("障害: {}", effect(line)),
            if line.impact { "15 分" } else { "1 時間" }.to_owned(),
            line.incidents.len().to_string(),
            missed_text(line.missed.len()),
            line.judgement().sign().to_owned(),
        ];
        row(&mut text, &cells);
    }
    text + &format!("</tbody></table></div></details><p><small>{COMPLIANCE_CSV}</small></p>")
}

fn row(text: &mut String, cells: &[String]) {
    text.push_str("<tr>");
    for cell in cells {
        text.push_str("<td>");
        text.push_str(cell);
        text.push_str("</td>");
    }
    text.push_str("</tr>");
}

/// Some tickets with their facts in words.
async fn tickets<S: Facts>(to: &mut Spool, source: &mut S, context: &Context, some: &[&Value]) -> Checked {
    let keys: Vec<RecordKey> = some.iter().map(|line| RecordKey::new(text_of(line, "key"))).collect();
    let mut facts = vec![];
    for stored in source.facts_of(&context.tenant, &keys).await? {
        facts.push(stored.fact(&context.tenant)?);
    }
    let named: Vec<&BlobId> = facts.iter().flat_map(Fact::words).collect();
    let texts = context.texts(source, &named).await?;
    let mut by_record: HashMap<&RecordKey, Vec<&Fact>> = HashMap::new();
    for fact in &facts {
        if let Some(record) = &fact.record {
            by_record.entry(record).or_default().push(fact);
        }
    }
    for (line, key) in some.iter().zip(&keys) {
        let own = by_record.get(key).map(Vec::as_slice).unwrap_or_default();
        ticket(to, line, key, own, &texts)?;
    }
    Ok(())
}

fn text_of<'a>(line: &'a Value, field: &str) -> &'a str {
    line.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn ticket(
    to: &mut Spool,
    line: &Value,
    key: &RecordKey,
    facts: &[&Fact],
    texts: &HashMap<BlobId, String>,
) -> io::Result<()> {
    let verdict = line.get("verdict").or_else(|| line.get("slo")).and_then(Value::as_str).unwrap_or("－");
    let sign = match verdict {
        "met" => "○",
        "missed" => "×",
        _ => "－",
    };
    write!(to, "<details id=\"{key}\"><summary>{key} {sign} {}</summary><dl>", escaped(text_of(line, "title")))?;
    let dues = [
        ("受付", "received"),
        ("起点", "alert_at"),
        ("期限", "due"),
        ("SLO期限", "slo_due"),
        ("SLA期限", "sla_due"),
        ("完了", "done"),
        ("連絡完了", "notified_at"),
    ];
    for (label, field) in dues {
        if let Some(at) = line.get(field).and_then(Value::as_str).and_then(|at| Instant::parse(at).ok()) {
            write!(to, "<dt>{label}</dt><dd>{}</dd>", local(at))?;
        }
    }
    write!(
        to,
        "</dl><div class=\"wide\"><table><thead><tr><th>事実</th><th>日時</th><th>内容</th></tr></thead><tbody>"
    )?;
    for fact in facts {
        write!(to, "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", fact.seq, local(fact.instant), told(fact, texts))?;
    }
    write!(to, "</tbody></table></div></details>")
}

/// What a fact says: its kind, and its fields with the words behind their names.
fn told(fact: &Fact, texts: &HashMap<BlobId, String>) -> String {
    let value = serde_json::to_value(&fact.body).unwrap_or_default();
    let kind = text_of(&value, "kind");
    let mut text = match LABELS.iter().find(|(code, _)| *code == kind) {
        Some((code, label)) => format!("<b>{label}</b> <small>{code}</small>"),
        None => format!("<b>{kind}</b>"),
    };
    if let Some(filed) = Filed::of(fact)
        && let Some(name) = texts.get(&filed.name)
    {
        let link = address(&filed.path(texts));
        return format!("{text}<br><a href=\"{link}\" download>{}</a>", escaped(name));
    }
    if let Some(Value::Object(fields)) = value.get("body") {
        for (name, field) in fields {
            let said = match field {
                Value::String(said) => escaped(&words(said, texts)),
                Value::Null => continue,
                other => escaped(&other.to_string()),
            };
            // Infallible: a text grows.
            let _grown = write!(text, "<br><small>{}</small> {said}", escaped(name));
        }
    }
    text
}

/// The name of a part as an address beside the page.
fn address(path: &str) -> String {
    let mut address = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' => address.push(char::from(byte)),
            // Infallible: a text grows.
            _ => drop(write!(address, "%{byte:02X}")),
        }
    }
    address
}

fn words(said: &str, texts: &HashMap<BlobId, String>) -> String {
    match texts.get(&BlobId::new(said)) {
        Some(words) => words.clone(),
        None if said.starts_with("sha256:") => "(消去済み / erased)".to_owned(),
        None => said.to_owned(),
    }
}

/// The kinds that a reader meets most, in words.
const LABELS: [(&str, &str); 30] = [
    ("incident.opened", "障害を起票"),
    ("incident.taken", "担当を開始"),
    ("incident.checked", "正常性を確認"),
    ("incident.judged", "サービス影響を判定"),
    ("incident.judgement_confirmed", "判定を確認"),
    ("incident.notified", "お客様へ公開"),
    ("incident.call_begun", "架電を開始"),
    ("incident.call_ended", "架電を終了"),
    ("incident.reported", "中間報告"),
    ("incident.recovered", "復旧"),
    ("incident.recovery_notified", "復旧を連絡"),
    ("incident.closed", "終了"),
    ("incident.verdict", "判定"),
    ("incident.target_passed", "期限を経過"),
    ("request.filed", "ご依頼を受付"),
    ("request.taken", "担当を開始"),
    ("request.asked", "お客様へ質問"),
    ("request.answered", "お客様のご回答"),
    ("request.date_offered", "日程を提案"),
    ("request.date_replied", "日程へのご返答"),
    ("request.begun", "作業を開始"),
    ("request.completed", "作業を完了"),
    ("request.closed", "終了"),
    ("request.due_passed", "期限を経過"),
    ("record.opened", "起票"),
    ("record.acted", "手続きを進めた"),
    ("record.disposed", "保管期間が過ぎたため廃棄"),
    ("file.attached", "ファイルを添付"),
    ("message.queued", "メールを用意"),
    ("message.attempted", "メールを送信"),
];

/// In the desk's zone.
fn local(at: Instant) -> String {
    let zone = TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
    at.timestamp().to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
