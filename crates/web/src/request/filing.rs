//! Filing a request: the catalogue with its search, then the entry's form with the due before it is promised (R-4.1.1-*).

use super::bar::{Day, bar};
use crate::form::{Draft, Field, Form, Input, choice, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{empty, tel};
use crate::when::business_days;
use domain::catalogue::{Class, Entry, Values, When};
use domain::request::Pace;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct FilingPage {
    /// Projects that may be filed for: key and name.
    pub projects: Vec<(String, String)>,
    /// The project that was chosen.
    pub project: String,
    /// What was searched for.
    pub search: String,
    /// The entries that are found, in the order of the catalogue.
    pub entries: Vec<EntryLine>,
    /// The entry that was chosen.
    pub open: Option<OpenEntry>,
    /// Whether staff files, by telephone or for the customer.
    pub staff: bool,
    /// The provider's number for urgent cases.
    pub phone: String,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// An entry of the list.
#[derive(Clone, Debug)]
pub struct EntryLine {
    /// Its code.
    pub code: String,
    /// Its heading.
    pub heading: String,
    /// 種別
    pub kind: String,
    /// Its class.
    pub class: Class,
    /// 標準日数
    pub days: u16,
    /// Whether it takes an option that is not contracted.
    pub paid: bool,
}

/// The entry whose form is open.
#[derive(Clone, Debug)]
pub struct OpenEntry {
    /// The entry.
    pub entry: Entry,
    /// Whether filing it opens an inquiry without a due.
    pub lead: bool,
    /// Each day to the due.
    pub days: Vec<Day>,
    /// The due, in words.
    pub due: String,
    /// The earliest wished day with 中, as `2026-12-01`.
    pub earliest: String,
}

/// The page.
pub fn page(shell: &Shell, it: &FilingPage) -> Markup {
    let title = shell.t("依頼する", "File a request");
    let body = html! {
        article.narrow-form {
            header.top { h1 { (title) } }
            @if it.projects.is_empty() { (empty(shell.t("依頼できるプロジェクトがありません。", "There is no project to file for."), &html! { (shell.t("担当者にお問い合わせください。", "Please ask us.")) })) }
            @else {
                @match &it.open { Some(open) => (one(shell, it, open)), None => (list(shell, it)) }
            }
        }
    };
    shell_page(shell, title, &body)
}

fn list(shell: &Shell, it: &FilingPage) -> Markup {
    html! {
        (kinds(shell, it))
        p.hint {
            @if !it.phone.is_empty() { (shell.t("お急ぎの場合はお電話ください: ", "If it is urgent, call us: ")) (tel(&it.phone)) " " }
            a href="/catalogue" { (shell.t("標準日数の一覧 (サービスカタログ)", "All standard days (service catalogue)")) }
        }
        form.sheet id="work" action="/requests/new" method="get" role="search" {
            @if it.projects.len() > 1 {
                div.field { label for="project" { (shell.t("プロジェクト", "Project")) }
                    select id="project" name="project" { @for (key, name) in &it.projects { option value=(key) selected[*key == it.project] { (name) } } } }
            }
            div.field { label for="search" { (shell.t("さがす", "Search")) } input id="search" name="search" type="search" value=(it.search); }
            p.do { button type="submit" { (shell.t("さがす", "Search")) } }
        }
        @if it.entries.is_empty() { (empty(shell.t("見つかりません。", "Nothing is found."), &html! { (shell.t("別の言葉でさがすか、「技術全般のご相談」をご利用ください。", "Try another word, or ask a technical question.")) })) }
        @for class in Class::ALL {
            @let entries: Vec<&EntryLine> = it.entries.iter().filter(|entry| entry.class == class).collect();
            @if !entries.is_empty() {
                section {
                    h2 { (class.label().in_lang(shell.lang)) " " small { (days(shell, class.days().get())) } }
                    ul.entries { @for entry in entries { (line(shell, it, entry)) } }
                }
            }
        }
    }
}

/// The three kinds of what can be told us, on one page (R-3-1).
fn kinds(shell: &Shell, it: &FilingPage) -> Markup {
    let (fault, question) = if it.staff {
        ("/calls".to_owned(), shell.t("お電話の受付", "Take a call"))
    } else {
        ("/faults/new".to_owned(), shell.t("障害のご連絡", "Report a fault"))
    };
    let consultation = format!("/requests/new?project={}&entry=consultation", it.project);
    html! {
        nav.kinds aria-label=(shell.t("ご用件", "What it is about")) {
            a href=(fault) { strong { (question) } small { (shell.t("動かない、遅い、つながらない。受付と同時に連絡の期限を数え始めます。", "Something fails or is slow. The clock of our notice starts at once.")) } }
            a href="#work" { strong { (shell.t("作業のご依頼", "Ask for work")) } small { (shell.t("下の一覧から選びます。完了の期限は送る前に分かります。", "Choose it below; you see when it will be done before you send it.")) } }
            a href=(consultation) { strong { (shell.t("ご相談", "Ask a question")) } small { (shell.t("技術全般のご相談。迷ったときもこちらへ。", "Any technical question, also where you are not sure.")) } }
        }
    }
}

fn days(shell: &Shell, days: u16) -> String {
    match shell.lang {
        domain::words::Lang::Ja => format!("標準日数 {days} 営業日"),
        domain::words::Lang::En => business_days(shell.lang, days.into()),
    }
}

fn line(shell: &Shell, it: &FilingPage, entry: &EntryLine) -> Markup {
    html! {
        li {
            a href={ "/requests/new?project=" (it.project) "&entry=" (entry.code) } { strong { (entry.heading) } }
            " " small { (shell.t("種別 ", "")) span lang="ja" { (entry.kind) } " · " (days(shell, entry.days)) @if entry.paid { " · " (shell.t("有償オプション", "a paid option")) } }
        }
    }
}

/// Posts `project`, `entry`, the entry's fields, `pace`, `wished`, `urgent` and for staff `caller` and `reason` to `/requests`.
fn one(shell: &Shell, it: &FilingPage, open: &OpenEntry) -> Markup {
    let entry = &open.entry;
    html! {
        p.path { a href={ "/requests/new?project=" (it.project) } { (shell.t("種別を選び直す", "Choose another")) } }
        h2 { (entry.heading.in_lang(shell.lang)) " " small { (shell.t("種別 ", "")) span lang="ja" { (entry.kind) } } }
        @if let Some(hint) = &entry.hint { p.hint { (hint.in_lang(shell.lang)) } }
        @if open.lead {
            p.told-first { (shell.t("ご契約にない有償オプションです。このまま送ると、期限のあるご依頼ではなくご相談として受け付け、担当者からご案内します。", "This paid option is not contracted. Sent as it is, it becomes an inquiry without a due, and we advise you.")) }
        } @else { section aria-labelledby="promise" {
            h3 id="promise" { (shell.t("完了の期限", "When it will be done")) }
            p.told-first { (open.due) }
            (bar(shell, &open.days, Some(shell.t("19:00 まで", "by 19:00"))))
            p.hint { (shell.t("受け付けた日を0日目として営業日を数えます。お客様のご回答を待つ営業日は数えません。", "The day of receipt is day 0. Business days on which we wait for your answer do not count.")) }
        } }
        (form(shell, &it.draft, &entry_form(shell, it, open)))
    }
}

fn entry_form(shell: &Shell, it: &FilingPage, open: &OpenEntry) -> Form {
    let entry = &open.entry;
    let mut fields = vec![
        Field::new("project", "", Input::Hidden).value(it.project.clone()),
        Field::new("entry", "", Input::Hidden).value(entry.code.clone()),
    ];
    for field in &entry.fields {
        let input = match field.options.as_slice() {
            [] if field.lines => Input::Area(4),
            [] => Input::Text,
            options => {
                Input::Radios(options.iter().map(|it| choice(&it.code, field.shown(&it.code, shell.lang))).collect())
            }
        };
        let hint = field.hint.as_ref().map(|hint| hint.in_lang(shell.lang).to_owned()).unwrap_or_default();
        let hint = [asked_when(shell, entry, field.when.as_ref()), hint].concat();
        let mut drawn = Field::new(field.code.clone(), field.label.in_lang(shell.lang), input).hint(hint);
        if field.when.is_none() {
            drawn = drawn.required();
        }
        fields.push(drawn);
    }
    if open.lead {
        // What has no due has no wish for a sooner one.
        return Form::new("request", "/requests", shell.t("相談する", "Ask about it"), fields).primary(true);
    }
    let paces = Pace::ALL
        .iter()
        .map(|pace| {
            let (name, meaning) = (pace.label().in_lang(shell.lang), pace.meaning().in_lang(shell.lang));
            choice(pace.code(), format!("{name}：{meaning}"))
        })
        .collect();
    fields.push(Field::new("pace", shell.t("優先度", "Priority"), Input::Radios(paces)).value("middle").required());
    fields.push(Field::new("wished", shell.t("実施希望日", "Wished day"), Input::Date).hint(match shell.lang {
        domain::words::Lang::Ja => format!("優先度「中」では {} 以降。", open.earliest),
        domain::words::Lang::En => format!("With priority middle from {} on.", open.earliest),
    }));
    fields.push(Field::new("urgent", shell.t("緊急", "Urgent"), Input::Tick).hint(shell.t(
        "監視センターがすぐに確認します。期限は変わりません。",
        "The monitoring centre looks at once. The due stays.",
    )));
    fields.push(
        Field::new("assignee", shell.t("担当者（当社側）", "Whom it is for (our side)"), Input::Text)
            .value("MSP")
            .hint(shell.t(
                "「MSP」は担当者全員です。ふだんはこのままにしてください。",
                "MSP is everybody of the desk, the ordinary choice.",
            )),
    );
    fields.push(
        Field::new("arrangement", shell.t("担当者を指名する取り決め", "Arrangement for a named person"), Input::Text)
            .hint(shell.t(
                "事前に取り決めた場合だけ、お名前とともに入力してください。",
                "Only where it was arranged beforehand, with the name above.",
            )),
    );
    if it.staff {
        fields.push(
            Field::new("caller", shell.t("お電話の方のお名前", "Who called"), Input::Text)
                .hint(shell.t("電話でのご依頼のとき。", "For a request by telephone.")),
        );
        fields.push(Field::new("reason", shell.t("当社が起票する理由", "Why we file it"), Input::Text).hint(
            shell.t("通常はお客様が起票する種別のとき。", "Where the customer files it in the ordinary course."),
        ));
    }
    Form::new("request", "/requests", shell.t("依頼する", "File it"), fields).primary(true)
}

/// When a field has to be filled in that is not always asked for; no words for one that always is.
fn asked_when(shell: &Shell, entry: &Entry, when: Option<&When>) -> String {
    let asks = when.and_then(|when| Some((when, entry.fields.iter().find(|field| field.code == when.field)?)));
    let Some((when, field)) = asks else { return String::new() };
    let name = field.label.in_lang(shell.lang);
    let values: Vec<&str> = when.is.iter().map(|value| field.shown(value, shell.lang)).collect();
    match shell.lang {
        domain::words::Lang::Ja => format!("{name}が「{}」のときは必須です。", values.join("」「")),
        domain::words::Lang::En => format!("Needed where {name} is “{}”. ", values.join("” or “")),
    }
}

/// What was filled in, as terms and values.
pub(super) fn filled(shell: &Shell, entry: Option<&Entry>, details: &Values) -> Vec<(String, String)> {
    let known = |code: &str| entry.and_then(|entry| entry.fields.iter().find(|field| field.code == *code));
    details
        .iter()
        .map(|(code, value)| match known(code) {
            Some(field) => (field.label.in_lang(shell.lang).to_owned(), field.shown(value, shell.lang).to_owned()),
            None => (code.clone(), value.clone()),
        })
        .collect()
}
