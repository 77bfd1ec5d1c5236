//! The desk's own settings: keys, notice templates, mail, webhooks, closures.

use super::{Section, act, add, frame};
use crate::form::{Choice, Draft, Field, Form, Input, choice, form};
use crate::layout::Shell;
use crate::parts::{Table, empty, table};
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// A key as it is known after it was made.
#[derive(Clone, Debug)]
pub struct IntakeKey {
    /// Where its revocation is posted to.
    pub revocation: String,
    /// Its name.
    pub name: String,
    /// What it may do: 受信 or API.
    pub scope: Label,
    /// The project it belongs to.
    pub project: String,
    /// Last use.
    pub used: Option<Instant>,
    /// Minutes after which its silence opens an incident; none where no heartbeat is promised.
    pub heartbeat_minutes: Option<u32>,
}

/// A key that was just made: the only time it is shown.
#[derive(Clone, Debug)]
pub struct MadeKey {
    /// The secret.
    pub secret: String,
    /// One line for a shell that sends a test alert; none for API keys.
    pub line: Option<String>,
}

/// Keys.
#[derive(Clone, Debug)]
pub struct KeysPage {
    /// Those in force.
    pub keys: Vec<IntakeKey>,
    /// The one just made.
    pub made: Option<MadeKey>,
    /// Projects: key and name.
    pub projects: Vec<Choice>,
    /// What was typed before.
    pub draft: Draft,
}

/// The keys. Posts `name`, `project`, `scope` (intake, api), `heartbeat_minutes` to `/settings/keys`.
pub fn keys_page(shell: &Shell, it: &KeysPage) -> Markup {
    let heads = [
        shell.t("名前", "Name"),
        shell.t("種類", "Kind"),
        shell.t("プロジェクト", "Project"),
        shell.t("最後の利用", "Last use"),
        shell.t("定期信号", "Heartbeat"),
        "",
    ];
    let rows = it.keys.iter().map(|k| {
        vec![
            html! { strong { (k.name) } },
            html! { (k.scope.in_lang(shell.lang)) },
            html! { (k.project) },
            html! { @match k.used { Some(at) => (when::time(shell, at)), None => (shell.t("まだ", "never")) } },
            html! { @if let Some(m) = k.heartbeat_minutes { (m) (shell.t("分途絶えたら障害", " min of silence open an incident")) } },
            act(&k.revocation, shell.t("無効にする", "Revoke")),
        ]
    });
    let fields = vec![
        Field::new("name", shell.t("名前", "Name"), Input::Text)
            .hint(shell.t("監視元の名前。アラートの送信元として出ます。", "Name of the source; shown with its alerts."))
            .required(),
        Field::new("project", shell.t("プロジェクト", "Project"), Input::Menu(it.projects.clone())).required(),
        Field::new(
            "scope",
            shell.t("種類", "Kind"),
            Input::Menu(vec![choice("intake", shell.t("アラートの受信", "alert intake")), choice("api", "API")]),
        )
        .required(),
        Field::new(
            "heartbeat_minutes",
            shell.t("定期信号が何分途絶えたら障害にするか", "Minutes of silence that open an incident"),
            Input::Number(1, 1440),
        )
        .hint(shell.t("Alertmanager の Watchdog を送るときに。", "For Alertmanager's Watchdog.")),
    ];
    let label = Section::Keys.label().in_lang(shell.lang);
    let body = html! {
        @if let Some(made) = &it.made {
            div.secret role="status" {
                p { strong { (shell.t("このキーはいまだけ表示します。写してください。", "This key is shown only now. Copy it.")) } }
                p { code { (made.secret) } }
                @if let Some(line) = &made.line { p { (shell.t("試験アラートを送るには:", "To send a test alert:")) } pre tabindex="0" { (line) } }
            }
        }
        @if it.keys.is_empty() { (empty(shell.t("キーがありません。", "There is no key."), &html! { (shell.t("受信キーを作り、監視元の routing_key か URL に入れてください。", "Make an intake key and put it into your source as routing_key or in its URL.")) })) }
        @else { (table(&Table { id: "keys".into(), caption: label.into(), heads: heads.map(str::to_owned).to_vec(), rows: rows.collect() })) }
        (add(shell, &it.draft, shell.t("キーを作る", "Make a key"), &Form::new("key", "/settings/keys", shell.t("作る", "Make"), fields).whole_page()))
    };
    frame(shell, Section::Keys, label, &html! {}, &body)
}

/// One text that goes to customers.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its code, as in the path.
    pub code: String,
    /// What it is for.
    pub kind: Label,
    /// Text with placeholders.
    pub text: String,
}

/// Notice templates.
#[derive(Clone, Debug)]
pub struct TemplatesPage {
    /// Tenants: id and name.
    pub tenants: Vec<Choice>,
    /// Whose templates these are, by id.
    pub tenant: String,
    /// One for each kind of notice.
    pub templates: Vec<Template>,
    /// Newest version of them; 0 where there is none.
    pub version: u32,
    /// Placeholders: as written, and what they become.
    pub placeholders: Vec<(String, Label)>,
    /// What was typed before.
    pub draft: Draft,
}

/// The templates of one tenant. Posts `text` to `/settings/templates/{tenant}/{code}`.
pub fn templates_page(shell: &Shell, it: &TemplatesPage) -> Markup {
    let label = Section::Templates.label().in_lang(shell.lang);
    let body = html! {
        p.links { @for choice in &it.tenants { a href={ "/settings/templates?tenant=" (choice.value) } aria-current=[(choice.value == it.tenant).then_some("true")] { (choice.label) } " " } }
        dl.facts { @for (written, becomes) in &it.placeholders { dt { code { (written) } } dd { (becomes.in_lang(shell.lang)) } } }
        @for t in &it.templates {
            (add(shell, &it.draft, t.kind.in_lang(shell.lang), &Form::new(format!("template-{}", t.code), format!("/settings/templates/{}/{}", it.tenant, t.code), shell.t("新しい版にする", "Make it the new version"), vec![
                Field::new("text", shell.t("本文", "Text"), Input::Area(10)).value(t.text.as_str()).required(),
            ]).version(i64::from(it.version))))
        }
    };
    frame(
        shell,
        Section::Templates,
        label,
        &html! { (shell.t("中の印は記録から埋まります。", "The marks are filled from the facts.")) },
        &body,
    )
}

/// Mail and the provider's name.
#[derive(Clone, Debug)]
pub struct MailPage {
    /// The provider's name.
    pub provider: String,
    /// The provider's telephone number.
    pub phone: String,
    /// Sender's address.
    pub from: String,
    /// The server as configured, without its password.
    pub server: String,
    /// What the last attempt gave, in the reader's language.
    pub last: String,
    /// What was typed before.
    pub draft: Draft,
}

/// Mail. Posts `provider`, `phone` to `/settings/mail`.
pub fn mail_page(shell: &Shell, it: &MailPage) -> Markup {
    let label = Section::Mail.label().in_lang(shell.lang);
    let fields = vec![
        Field::new("provider", shell.t("会社の名前", "Name of your company"), Input::Text)
            .value(it.provider.as_str())
            .required(),
        Field::new("phone", shell.t("お客様がかける番号", "Number for customers"), Input::Tel).value(it.phone.as_str()),
    ];
    let body = html! {
        div.stack {
            section { (form(shell, &it.draft, &Form::new("mail", "/settings/mail", shell.t("保存", "Save"), fields))) }
            section { h2 { (shell.t("メールサーバー", "Mail server")) } dl.facts { dt { (shell.t("接続先", "Server")) } dd { code { (it.server) } } dt { (shell.t("差出人", "Sender")) } dd { code { (it.from) } } dt { (shell.t("最後の結果", "Last result")) } dd { (it.last) } } p.hint { (shell.t("接続先と差出人は設定ファイルで変えます。試しに送るには: ", "Server and sender are set in the configuration file. To send a test: ")) code { "madoguchi doctor --send-test-mail" } } }
        }
    };
    frame(shell, Section::Mail, label, &html! {}, &body)
}

/// A receiver of signed events.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where its removal is posted to.
    pub removal: String,
    /// Where to.
    pub url: String,
    /// Of which customer.
    pub tenant: String,
    /// Since when.
    pub since: Instant,
}

/// Webhooks.
#[derive(Clone, Debug)]
pub struct WebhooksPage {
    /// Those in force.
    pub hooks: Vec<Webhook>,
    /// The secret of the one just made.
    pub made: Option<String>,
    /// Tenants: id and name.
    pub tenants: Vec<Choice>,
    /// What was typed before.
    pub draft: Draft,
}

/// Webhooks. Posts `url`, `tenant` to `/settings/webhooks`.
pub fn webhooks_page(shell: &Shell, it: &WebhooksPage) -> Markup {
    let label = Section::Webhooks.label().in_lang(shell.lang);
    let heads = ["URL", shell.t("お客様", "Customer"), shell.t("開始", "Since"), ""].map(str::to_owned).to_vec();
    let rows = it
        .hooks
        .iter()
        .map(|h| {
            vec![
                html! { code { (h.url) } },
                html! { (h.tenant) },
                when::time(shell, h.since),
                act(&h.removal, shell.t("外す", "Remove")),
            ]
        })
        .collect();
    let fields = vec![
        Field::new("url", "URL", Input::Url)
            .hint(shell.t("https だけ。社内の住所へは送りません。", "https only; never to internal addresses."))
            .required()
            .wide(),
        Field::new("tenant", shell.t("お客様", "Customer"), Input::Menu(it.tenants.clone())).required(),
    ];
    let body = html! {
        @if let Some(secret) = &it.made { div.secret role="status" { p { strong { (shell.t("署名の鍵はいまだけ表示します。写してください。", "The signing secret is shown only now. Copy it.")) } } p { code { (secret) } } } }
        @if it.hooks.is_empty() { (empty(shell.t("Webhook はありません。", "There is no webhook."), &html! { (shell.t("別の仕組みにも知らせたいときに加えます。", "Add one to tell another system, too.")) })) }
        @else { (table(&Table { id: "webhooks".into(), caption: label.into(), heads, rows })) }
        (add(shell, &it.draft, shell.t("Webhook を加える", "Add a webhook"), &Form::new("webhook", "/settings/webhooks", shell.t("加える", "Add"), fields).whole_page()))
    };
    frame(
        shell,
        Section::Webhooks,
        label,
        &html! { (shell.t("Standard Webhooks の署名付き", "Signed as Standard Webhooks")) },
        &body,
    )
}

/// A day on which the provider is closed.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The day, as in the path: `2026-12-29`.
    pub date: String,
    /// As shown.
    pub day: String,
}

/// Closures of the calendar.
#[derive(Clone, Debug)]
pub struct CalendarPage {
    /// Version of the calendar in force.
    pub version: u32,
    /// Closures to come, by day.
    pub closures: Vec<Closure>,
    /// Holidays of the Act to come: day and name.
    pub holidays: Vec<(String, String)>,
    /// What was typed before.
    pub draft: Draft,
}

/// Closures. Posts `date` to `/settings/calendar`.
pub fn calendar_page(shell: &Shell, it: &CalendarPage) -> Markup {
    let label = Section::Calendar.label().in_lang(shell.lang);
    let heads = [shell.t("日", "Day"), ""].map(str::to_owned).to_vec();
    let rows = it
        .closures
        .iter()
        .map(|c| {
            vec![html! { (c.day) }, act(&format!("/settings/calendar/{}/removal", c.date), shell.t("外す", "Remove"))]
        })
        .collect();
    let fields = vec![Field::new("date", shell.t("日", "Day"), Input::Date).required()];
    let body = html! {
        div.pair {
            section {
                @if it.closures.is_empty() { (empty(shell.t("休業日はありません。", "There are no closures."), &html! { (shell.t("土日と祝日は入れなくてよい。年末年始などを加えてください。", "Weekends and public holidays are known. Add the year's end and the like.")) })) }
                @else { (table(&Table { id: "closures".into(), caption: label.into(), heads, rows })) }
                (add(shell, &it.draft, shell.t("休業日を加える", "Add a closure"), &Form::new("closure", "/settings/calendar", shell.t("加える", "Add"), fields)))
            }
            aside { h2 { (shell.t("これからの祝日", "Public holidays to come")) } dl.facts { @for (day, name) in &it.holidays { dt { (day) } dd lang="ja" { (name) } } } }
        }
    };
    frame(
        shell,
        Section::Calendar,
        label,
        &html! { (shell.t("第", "version ")) (it.version) (shell.t("版。期限が早まることはありません。", "; a due date never moves earlier.")) },
        &body,
    )
}
