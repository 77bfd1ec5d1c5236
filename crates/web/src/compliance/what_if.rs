//! 仮定の集計: the table of a period under other papers beside the real one, and the tickets that come out otherwise. Staff only; it
//! changes nothing.

use super::handler::tenant_of;
use super::sign;
use crate::form::{Draft, Field, Form, Input, Problem, button, choice, field, head as form_head};
use crate::here::{Here, html as answer};
use crate::layout::{Place, Shell, page as shell_page};
use crate::parts::{Table, empty, head, slip, table, work};
use crate::when;
use axum::response::Response;
use desk::WhatIf;
use domain::calendar::BusinessDays;
use domain::catalogue::Catalogue;
use domain::clocks::notice::AgreedTargets;
use domain::clocks::{Minutes, Verdict};
use domain::compliance::months::Month;
use domain::compliance::what_if::Supposed;
use domain::compliance::{IncidentLine, Line};
use domain::ids::TenantId;
use domain::refusal::Refusal;
use gate::{Query, Trouble};
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct WhatIfPage {
    /// Whose, by id.
    pub tenant: String,
    /// The customer's name.
    pub customer: String,
    /// What was typed, or is proposed.
    pub asked: Asked,
    /// Names of the rows of the table of requests.
    pub rows: Vec<String>,
    /// The report; none before anything was supposed.
    pub seen: Option<WhatIf>,
    /// What was typed and refused.
    pub draft: Draft,
}

/// What is supposed, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    tenant: Option<TenantId>,
    from: String,
    to: String,
    row: String,
    days: String,
    closures: String,
    slo: String,
    sla: String,
    slo_without: String,
    without_calls: String,
}

impl Asked {
    fn is_empty(&self) -> bool {
        [&self.row, &self.days, &self.closures, &self.slo, &self.sla, &self.slo_without, &self.without_calls]
            .into_iter()
            .all(|text| text.trim().is_empty())
    }

    /// What is supposed, read.
    fn supposed(&self) -> Result<Supposed, Refusal> {
        let number = |field: &'static str, text: &str| -> Result<Option<u32>, Refusal> {
            let wrong = |_| Refusal::invalid(field, "数字を入力してください。", "Give a whole number.");
            if text.trim().is_empty() { Ok(None) } else { text.trim().parse().map(Some).map_err(wrong) }
        };
        let mut supposed = Supposed { without_calls: self.without_calls == "yes", ..Supposed::default() };
        if let Some(days) = number("days", &self.days)? {
            let days = BusinessDays::new(days.into())
                .map_err(|_| Refusal::invalid("days", "1から250までで入力してください。", "Give 1 to 250."))?;
            if self.row.trim().is_empty() {
                return Err(Refusal::invalid("row", "依頼作業名を選んでください。", "Choose the work."));
            }
            supposed.days.insert(self.row.trim().to_owned(), days);
        } else if !self.row.trim().is_empty() {
            return Err(Refusal::invalid("days", "標準日数を入力してください。", "Give the standard days."));
        }
        for day in self.closures.split([',', '、', ' ', '\n', '\r']).filter(|text| !text.is_empty()) {
            supposed.closures.push(date("closures", day)?);
        }
        let (slo, sla) = (number("slo", &self.slo)?, number("sla", &self.sla)?);
        let slo_without = number("slo_without", &self.slo_without)?;
        if slo.is_some() || sla.is_some() || slo_without.is_some() {
            let mut targets = AgreedTargets::default();
            let with = &mut targets.with_impact;
            with.slo_minutes = slo.map_or(with.slo_minutes, Minutes);
            with.sla_minutes = sla.map(Minutes).or(with.sla_minutes);
            let without = &mut targets.without_impact.slo_minutes;
            *without = slo_without.map_or(*without, Minutes);
            supposed.targets = Some(targets);
        }
        Ok(supposed)
    }
}

fn date(field: &'static str, text: &str) -> Result<Date, Refusal> {
    let wrong = |_| Refusal::invalid(field, "2026-12-29 のように入力してください。", "Write a day like 2026-12-29.");
    text.trim().parse().map_err(wrong)
}

/// The page.
pub(crate) async fn show(here: Here, Query(mut asked): Query<Asked>) -> Result<Response, Trouble> {
    let (shell, desk) = (here.shell(Place::Compliance).await?, &here.state.desk);
    let tenant = tenant_of(&here, asked.tenant.as_ref()).await?;
    let (now, caller) = (desk.now().await?, &here.caller);
    let calendar = desk.calendar(now).await?;
    let last = Month::of(calendar.date_of(now).first_of_month().saturating_sub(1.day()), &calendar);
    if asked.from.trim().is_empty() || asked.to.trim().is_empty() {
        (asked.from, asked.to) = (last.first.to_string(), last.last.to_string());
    }
    // Whoever may not read the customer's tickets hears so even before supposing anything.
    let real = desk.compliance(caller, &tenant, last.from, last.before).await?;
    let report = async || -> desk::Answer<WhatIf> {
        let (from, to) = (date("from", &asked.from)?, date("to", &asked.to)?);
        let zone = calendar.zone();
        let period = (when::midnight(from, zone), when::midnight(to.tomorrow().unwrap_or(to), zone));
        desk.what_if(caller, &tenant, period, &asked.supposed()?).await
    };
    let (mut seen, mut draft) = (None, Draft::default());
    if !asked.is_empty() {
        match report().await {
            Ok(report) => seen = Some(report),
            Err(desk::Error::Refused(refusal)) if refusal.field().is_some() => draft = refused(&shell, &refusal),
            Err(error) => return Err(error.into()),
        }
    }
    let rows = real.requests.into_iter().map(|line| line.row.name).collect();
    let (tenant, customer) = (tenant.to_string(), real.customer);
    Ok(answer(what_if_page(&shell, &WhatIfPage { tenant, customer, asked, rows, seen, draft })))
}

fn refused(shell: &Shell, refusal: &Refusal) -> Draft {
    let text = shell.lang.pick_of(&refusal.ja, &refusal.en).to_owned();
    let problem = Problem { field: refusal.field().unwrap_or_default().to_owned(), text };
    Draft { form: "what-if".into(), problems: vec![problem], ..Draft::default() }
}

/// The page.
pub fn what_if_page(shell: &Shell, it: &WhatIfPage) -> Markup {
    let title = shell.t("仮定の集計", "What if");
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            p.told-first { (it.customer) " " (it.asked.from) " – " (it.asked.to) }
            p.hint { (shell.t("同じ事実を、別の標準日数・休業日・目標・連絡の取り決めで数え直します。何も変更されません。合意した日程、特段の事情、保留はそのままです。", "Counts the same facts anew under other days, closures, minutes or calls. Nothing is changed. Agreed dates, special circumstances and holds stay.")) }
            p.links { a href={ "/compliance?tenant=" (it.tenant) "&from=" (it.asked.from) "&to=" (it.asked.to) } { (shell.t("実際の表", "The real table")) } }
            @if let Some(seen) = &it.seen { (report(shell, seen)) }
            (asking(shell, it))
        }
    };
    shell_page(shell, title, &body)
}

fn report(shell: &Shell, seen: &WhatIf) -> Markup {
    let verdict = |verdict: Option<Verdict>| match verdict {
        Some(Verdict::Met) => shell.t("順守", "kept"),
        Some(Verdict::Missed) => shell.t("未達", "missed"),
        Some(Verdict::Open) | None => shell.t("判定なし", "no verdict"),
    };
    let heads = [
        shell.t("チケット", "Ticket"),
        shell.t("実際の期限", "Real due"),
        shell.t("実際", "Really"),
        shell.t("仮定の期限", "Due as supposed"),
        shell.t("仮定", "As supposed"),
    ];
    let row = |it: &domain::compliance::what_if::Differs| {
        let base = if it.incident { "/incidents/" } else { "/requests/" };
        vec![
            html! { a href={ (base) (it.record) } { (slip(it.record.as_str())) } },
            when::time(shell, it.due),
            html! { (verdict(it.verdict)) },
            when::time(shell, it.supposed_due),
            html! { (verdict(it.supposed)) },
        ]
    };
    let title = shell.t("結果が変わるチケット", "Tickets that come out otherwise");
    html! {
        section aria-labelledby="differ" {
            (head("differ", title))
            @if seen.differ.is_empty() {
                (empty(shell.t("結果が変わるチケットはありません。", "No ticket comes out otherwise."), &html! { (shell.t("仮定を変えて試してください。", "Suppose something else.")) }))
            } @else {
                (table(&Table { id: "differing".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows: seen.differ.iter().map(row).collect() }))
            }
        }
        section aria-labelledby="beside" { (head("beside", shell.t("表の比較", "The tables side by side"))) (beside(shell, seen)) }
    }
}

/// Rows with a ticket in either table.
fn beside(shell: &Shell, seen: &WhatIf) -> Markup {
    let heads = [
        shell.t("項目", "Work"),
        shell.t("件数", "Tickets"),
        shell.t("実際の未達", "Really missed"),
        shell.t("実際", "Really"),
        shell.t("仮定の未達", "Missed as supposed"),
        shell.t("仮定", "As supposed"),
    ];
    let request = |(real, supposed): (&Line, &Line)| {
        let some = !real.tickets.is_empty() || !supposed.tickets.is_empty();
        some.then(|| {
            vec![
                work(shell, &real.row.name),
                html! { (real.tickets.len()) },
                html! { (super::missed(shell, real.missed.len())) },
                sign(shell, real.judgement()),
                html! { (super::missed(shell, supposed.missed.len())) },
                sign(shell, supposed.judgement()),
            ]
        })
    };
    let incident = |(real, supposed): (&IncidentLine, &IncidentLine)| {
        let name = if real.impact {
            shell.t("障害 (サービス影響 有)", "Incidents that affect the service")
        } else {
            shell.t("障害 (サービス影響 無)", "Incidents that do not")
        };
        vec![
            html! { (name) },
            html! { (real.incidents.len()) },
            html! { (super::missed(shell, real.missed.len())) },
            sign(shell, real.judgement()),
            html! { (super::missed(shell, supposed.missed.len())) },
            sign(shell, supposed.judgement()),
        ]
    };
    let mut rows: Vec<Vec<Markup>> = seen.requests.iter().zip(&seen.supposed_requests).filter_map(request).collect();
    rows.extend(seen.incidents.iter().zip(&seen.supposed_incidents).map(incident));
    let caption = shell.t("表の比較", "The tables side by side").to_owned();
    table(&Table { id: "side-by-side".into(), caption, heads: heads.map(str::to_owned).to_vec(), rows })
}

fn asking(shell: &Shell, it: &WhatIfPage) -> Markup {
    let asked = &it.asked;
    let none = choice("", shell.t("変えない", "as it is"));
    let rows = std::iter::once(none).chain(it.rows.iter().map(|name| choice(name, name.as_str()))).collect();
    let minutes = |name: &str, label: &str, value: &str| Field::new(name, label, Input::Number(1, 1440)).value(value);
    let calls = vec![
        choice("", shell.t("実際のとおり", "as it was")),
        choice(
            "yes",
            shell.t("電話を求めない (通知の公開だけで連絡とする)", "no call is asked for: the notice alone counts"),
        ),
    ];
    let fields = vec![
        Field::new("tenant", "", Input::Hidden).value(it.tenant.as_str()),
        Field::new("from", shell.t("この日から", "From"), Input::Date).value(asked.from.as_str()).required(),
        Field::new("to", shell.t("この日まで", "To"), Input::Date).value(asked.to.as_str()).required(),
        Field::new("row", shell.t("依頼作業名", "Work"), Input::Menu(rows)).value(asked.row.as_str()),
        Field::new("days", shell.t("標準日数 (営業日)", "Standard days"), Input::Number(1, 250))
            .value(asked.days.as_str()),
        Field::new("closures", shell.t("追加の休業日", "More closures"), Input::Text)
            .value(asked.closures.as_str())
            .hint("2026-12-29, 2026-12-30"),
        minutes("slo", shell.t("影響有の SLO (分)", "SLO with impact (minutes)"), &asked.slo),
        minutes("sla", shell.t("影響有の SLA (分)", "SLA with impact (minutes)"), &asked.sla),
        minutes("slo_without", shell.t("影響無の SLO (分)", "SLO without impact (minutes)"), &asked.slo_without),
        Field::new("without_calls", shell.t("連絡の取り決め", "Contact plan"), Input::Menu(calls))
            .value(asked.without_calls.as_str()),
    ];
    let form = Form::new("what-if", "/compliance/what-if", "", fields);
    html! {
        form.sheet.asking id="what-if" action="/compliance/what-if" method="get" {
            (form_head(&it.draft, "what-if", None))
            @for item in &form.fields { (field(shell, &it.draft, "what-if", item)) }
            p.do { (button(shell.t("この仮定で集計する", "Count it so"), false)) }
        }
    }
}

/// The samples.
pub fn what_if_samples() -> Vec<(&'static str, WhatIfPage)> {
    use domain::compliance::what_if::Differs;
    use domain::ids::RecordKey;
    let at = crate::sample::at;
    let live = super::samples().swap_remove(0).1;
    let mut supposed = live.requests.clone();
    supposed.iter_mut().for_each(|line| line.missed.clear());
    let both = |lines: &[IncidentLine]| -> [IncidentLine; 2] { std::array::from_fn(|place| lines[place].clone()) };
    let differ = |n: u64, incident| Differs {
        record: RecordKey::new(format!("NGS-{n}")),
        incident,
        due: at(-100),
        verdict: Some(Verdict::Missed),
        supposed_due: at(86_400),
        supposed: Some(Verdict::Met),
    };
    let seen = WhatIf {
        customer: "なぎさ商事".into(),
        as_of: at(0),
        requests: live.requests.clone(),
        supposed_requests: supposed,
        incidents: both(&live.incidents),
        supposed_incidents: both(&live.incidents),
        differ: vec![differ(3, false), differ(9, true)],
    };
    let asked = |days: &str| Asked {
        from: "2026-10-01".into(),
        to: "2026-10-31".into(),
        row: if days.is_empty() { String::new() } else { "技術相談".into() },
        days: days.into(),
        ..Asked::default()
    };
    let page = |days, seen, draft| WhatIfPage {
        tenant: "a".into(),
        customer: "なぎさ商事".into(),
        asked: asked(days),
        rows: Catalogue::shipped().rows.iter().map(|row| row.name.clone()).collect(),
        seen,
        draft,
    };
    let problem = Problem { field: "days".into(), text: crate::sample::HOSTILE.into() };
    let wrong = Draft { form: "what-if".into(), problems: vec![problem], ..Draft::default() };
    let nothing = WhatIf { differ: vec![], ..seen.clone() };
    vec![
        ("asked", page("10", Some(seen), Draft::default())),
        ("same", page("5", Some(nothing), Draft::default())),
        ("empty", page("", None, Draft::default())),
        ("refused", page("999", None, wrong)),
    ]
}
