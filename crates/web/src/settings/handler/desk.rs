//! The desk's own papers: notice templates, the provider's name, closures.

use super::super::{
    CalendarPage, Closure, MailPage, Template, TemplatesPage, calendar_page, mail_page, templates_page,
};
use super::{provider, tenant_choices};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use crate::when;
use ::desk::Answer;
use ::desk::health::Mail;
use axum::response::Response;
use domain::access::Right;
use domain::draft::{Templates, VARIABLES};
use domain::ids::TenantId;
use domain::paper::{Closures, Provider};
use domain::refusal::Refusal;
use domain::words::Label;
use gate::{Path, Query, Trouble};
use jiff::ToSpan;
use jiff::civil::Date;
use maud::Markup;
use serde::Deserialize;

/// Days ahead for which public holidays are listed.
const HOLIDAYS_AHEAD: i32 = 400;

/// Whose templates.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Whose {
    tenant: Option<TenantId>,
}

/// The templates of one tenant; without a choice the first customer's.
pub(crate) async fn templates(here: Here, Query(whose): Query<Whose>) -> Result<Response, Trouble> {
    Ok(html(templates_of(&here, whose.tenant, Draft::default()).await?))
}

async fn templates_of(here: &Here, tenant: Option<TenantId>, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let tenants = tenant_choices(here, Right::Agree).await?;
    let tenant =
        tenant.or_else(|| tenants.get(1).or(tenants.first()).map(|choice| TenantId::new(choice.value.as_str())));
    let tenant = tenant.ok_or_else(Trouble::not_found)?;
    let texts = in_force(here, &tenant).await?;
    let version = here.state.desk.newest_version::<Templates>(&here.caller, &tenant, "").await?;
    let template = |code: &str, kind, text: &str| Template { code: code.into(), kind, text: text.into() };
    let it = TemplatesPage {
        tenants,
        tenant: tenant.to_string(),
        templates: vec![
            template(
                "occurrence",
                Label::new("障害発生連絡（影響あり）", "Notice, service affected"),
                &texts.occurrence,
            ),
            template(
                "occurrence_no_impact",
                Label::new("障害発生連絡（影響なし）", "Notice, not affected"),
                &texts.occurrence_no_impact,
            ),
            template("interim", Label::new("中間報告", "Interim report"), &texts.interim),
            template("recovery", Label::new("復旧連絡", "Recovery notice"), &texts.recovery),
            template("call", Label::new("架電で話すこと", "What to say on the telephone"), &texts.call),
        ],
        version,
        placeholders: VARIABLES.iter().map(|name| (format!("{{{name}}}"), meaning(name))).collect(),
        draft,
    };
    Ok(templates_page(&shell, &it))
}

async fn in_force(here: &Here, tenant: &TenantId) -> Answer<Templates> {
    let version = here.state.desk.paper_now::<Templates>(&here.caller, tenant, "").await?;
    Ok(version.map(|version| version.paper).unwrap_or_default())
}

fn meaning(variable: &str) -> Label {
    match variable {
        "customer" => Label::new("お客様の名前", "name of the customer"),
        "project" => Label::new("プロジェクトの名前", "name of the project"),
        "key" => Label::new("チケット番号", "number of the ticket"),
        "title" => Label::new("アラートの言葉", "words of the alert"),
        "detected" => Label::new("検知した日時", "when it was detected"),
        "impact" => Label::new("サービス影響 有・無", "impact, 有 or 無"),
        "next_report" => Label::new("次の報告の日時", "when the next report is due"),
        "recovered" => Label::new("復旧した日時", "when it recovered"),
        "provider" => Label::new("会社の名前", "name of your company"),
        "phone" => Label::new("お客様がかける番号", "number for customers"),
        _ => Label::new("", ""),
    }
}

/// Makes a text the new version.
pub(crate) async fn write_template(
    here: Here,
    Path((tenant, code)): Path<(TenantId, String)>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let recorded = record_template(&here, &tenant, &code, &sent.typed).await;
    let here = here.at(format!("/settings/templates?tenant={tenant}"));
    let to = recorded.map(|()| format!("/settings/templates?tenant={tenant}"));
    let form = format!("template-{code}");
    sent.answer(here.lang(), &form, to, async |draft| templates_of(&here, Some(tenant), draft).await).await
}

async fn record_template(here: &Here, tenant: &TenantId, code: &str, typed: &Typed) -> Answer<()> {
    // A browser sends line ends as CRLF.
    let text = typed.text("text").replace("\r\n", "\n");
    let newest = here.state.desk.newest_version::<Templates>(&here.caller, tenant, "").await?;
    let after = typed.number("version")?.unwrap_or(newest);
    let mut texts = in_force(here, tenant).await?;
    let place = match code {
        "occurrence" => &mut texts.occurrence,
        "occurrence_no_impact" => &mut texts.occurrence_no_impact,
        "interim" => &mut texts.interim,
        "recovery" => &mut texts.recovery,
        "call" => &mut texts.call,
        _ => return Err(Refusal::not_found().into()),
    };
    *place = text;
    let recorded = here.state.desk.record_paper_after(&here.caller, tenant, "", &texts, None, Some(after)).await;
    // Each form of the page has one field.
    recorded.map(|_| ()).map_err(|error| match error {
        ::desk::Error::Refused(refusal) if refusal.field() == Some(field_of(code)) => {
            Refusal::invalid("text", refusal.ja, refusal.en).into()
        }
        other => other,
    })
}

fn field_of(code: &str) -> &'static str {
    ["occurrence", "occurrence_no_impact", "interim", "recovery", "call"]
        .into_iter()
        .find(|known| *known == code)
        .unwrap_or_default()
}

/// The provider's name and how mail goes out.
pub(crate) async fn mail(here: Here) -> Result<Response, Trouble> {
    Ok(html(mail_of(&here, Draft::default()).await?))
}

async fn mail_of(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let paper = here.state.desk.provider().await?.map(|(_, paper)| paper).unwrap_or_default();
    let setting = &here.state.setting;
    let server = if setting.mail_server.is_empty() {
        shell.t("設定なし", "none").to_owned()
    } else {
        setting.mail_server.clone()
    };
    let last = last_result(&shell, &here.state.desk.health().state().mail);
    let it =
        MailPage { provider: paper.name, phone: paper.phone, from: setting.mail_from.clone(), server, last, draft };
    Ok(mail_page(&shell, &it))
}

fn last_result(shell: &Shell, mail: &Mail) -> String {
    match mail {
        Mail::Unknown => shell.t("まだ送っていません", "nothing sent yet").to_owned(),
        Mail::Works => shell.t("正常", "works").to_owned(),
        Mail::NotConfigured => shell.t("メールサーバーの設定なし", "no mail server is configured").to_owned(),
        Mail::Fails { since, reason } => {
            format!("{} {}: {reason}", when::text(shell, *since), shell.t("から失敗", "failing since then"))
        }
        Mail::BuiltIn => shell.t("送信箱に入れるだけ（デモ）", "into the outbox page only (demo)").to_owned(),
    }
}

/// Records the provider's name and number.
pub(crate) async fn write_mail(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let text = |name: &str| sent.typed.text(name).trim().to_owned();
    let recorded = match provider(&here).await {
        Ok(tenant) => {
            let paper = Provider { name: text("provider"), phone: text("phone") };
            here.state.desk.record_paper(&here.caller, &tenant, "", &paper, None).await
        }
        Err(error) => Err(error),
    };
    let recorded = recorded.map_err(|error| match error {
        ::desk::Error::Refused(refusal) if refusal.field() == Some("name") => {
            Refusal::invalid("provider", refusal.ja, refusal.en).into()
        }
        other => other,
    });
    let here = here.at("/settings/mail");
    let to = recorded.map(|_| "/settings/mail".to_owned());
    sent.answer(here.lang(), "mail", to, async |draft| mail_of(&here, draft).await).await
}

/// The closures and the public holidays to come.
pub(crate) async fn calendar(here: Here) -> Result<Response, Trouble> {
    Ok(html(calendar_of(&here, Draft::default()).await?))
}

async fn calendar_of(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let tenant = provider(here).await?;
    let version = here.state.desk.paper_now::<Closures>(&here.caller, &tenant, "").await?;
    let calendar = here.state.desk.calendar(shell.now).await?;
    let today = calendar.date_of(shell.now);
    let day = |date: Date| when::day(&shell, when::midnight(date, &shell.zone));
    let (version, mut days) = version.map(|version| (version.version, version.paper.days)).unwrap_or_default();
    days.sort();
    let ahead = (0..HOLIDAYS_AHEAD).filter_map(|n| today.checked_add(n.days()).ok());
    let holidays = ahead.filter_map(|date| Some((day(date), calendar.holiday(date).ok().flatten()?.name.to_owned())));
    let closures =
        days.into_iter().filter(|date| *date >= today).map(|date| Closure { date: date.to_string(), day: day(date) });
    let it = CalendarPage { version, closures: closures.collect(), holidays: holidays.collect(), draft };
    Ok(calendar_page(&shell, &it))
}

/// Adds a closure.
pub(crate) async fn add_closure(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let date = sent
        .typed
        .day("date")
        .and_then(|date| date.ok_or_else(|| Refusal::invalid("date", "日付を入力してください。", "Give a day.")));
    let recorded = match date {
        Ok(date) => {
            change_closures(&here, |days| {
                if days.contains(&date) {
                    Ok(())
                } else {
                    days.push(date);
                    Ok(())
                }
            })
            .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    closures_answered(here, sent, "closure", recorded).await
}

/// Takes a closure out.
pub(crate) async fn remove_closure(here: Here, Path(date): Path<Date>, sent: Sent) -> Result<Response, Trouble> {
    let recorded = change_closures(&here, |days| {
        let before = days.len();
        days.retain(|day| *day != date);
        if days.len() == before { Err(Refusal::not_found()) } else { Ok(()) }
    });
    let recorded = recorded.await;
    closures_answered(here, sent, "", recorded).await
}

async fn change_closures(here: &Here, change: impl FnOnce(&mut Vec<Date>) -> Result<(), Refusal>) -> Answer<()> {
    let tenant = provider(here).await?;
    let newest = here.state.desk.newest_version::<Closures>(&here.caller, &tenant, "").await?;
    let version = here.state.desk.paper_now::<Closures>(&here.caller, &tenant, "").await?;
    let mut paper = version.map(|version| version.paper).unwrap_or_default();
    change(&mut paper.days)?;
    paper.days.sort();
    here.state.desk.record_paper_after(&here.caller, &tenant, "", &paper, None, Some(newest)).await?;
    Ok(())
}

async fn closures_answered(here: Here, sent: Sent, form: &str, recorded: Answer<()>) -> Result<Response, Trouble> {
    let here = here.at("/settings/calendar");
    let to = recorded.map(|()| "/settings/calendar".to_owned());
    sent.answer(here.lang(), form, to, async |draft| calendar_of(&here, draft).await).await
}
