//! Whom to call at a customer, and what decides whether the service is affected.

use super::head;
use super::words::hours;
use desk::pack::Project;
use domain::criteria::FAILOVER_REMARK;
use domain::words::Label;
use maud::{Markup, html};

/// The contacts in the order they are called (R-4.2.2-5).
pub(super) fn contacts(project: &Project) -> Markup {
    html! {
        h4 { "連絡体制 " small lang="en" { "Contacts, in the order they are called" } }
        @if let Some((version, plan)) = &project.plan {
            @if let Some(name) = &plan.waived_by { p { strong { "電話不要" } "（書面での合意: " (name) "）" } }
            table {
                thead { tr {
                    (head(Label::new("順位", "Rank"))) (head(Label::new("氏名・読み", "Name, reading")))
                    (head(Label::new("電話", "Telephone"))) (head(Label::new("連絡できる時間", "Hours")))
                    (head(Label::new("メール", "Mail")))
                } }
                tbody { @for (rank, contact) in (1..).zip(&plan.contacts) { tr {
                    td.rank { (rank) }
                    td { (contact.name) @if !contact.reading.is_empty() { br; small { (contact.reading) } } }
                    td.phone { @if contact.phone.is_empty() { "なし" } @else { a href={ "tel:" (dialled(&contact.phone)) } { (contact.phone) } } }
                    td { (hours(contact.hours)) }
                    td { (contact.mail) }
                } } }
            }
            p.soft { "第" (version) "版" }
        } @else { p { strong { "連絡体制が登録されていません。" } } }
    }
}

/// The impact criteria (R-4.2.2-1).
pub(super) fn criteria(project: &Project) -> Markup {
    html! {
        h4 { "サービス影響判定基準 " small lang="en" { "Impact criteria" } }
        @if let Some((version, criteria)) = &project.criteria {
            ol { @for question in &criteria.questions {
                li { (question.ja) " " strong { @if question.impact_if_no { "「いいえ」なら影響 有" } @else { "「はい」なら影響 有" } } }
            } }
            p.soft {
                "どれか一つでも当てはまれば「有」（" (FAILOVER_REMARK) "）。第" (version) "版"
                @if let Some(name) = &criteria.agreed_by { "、合意: " (name) }
            }
        } @else { p { "登録されていません。迷うときは影響 有として連絡します。" } }
    }
}

/// A number as it is dialled.
fn dialled(phone: &str) -> String {
    phone.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect()
}
