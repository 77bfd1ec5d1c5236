//! What the customers of the demo have agreed to: criteria, contact plans, service levels, notice texts.

use super::people::{PHONE, PROVIDER};
use domain::clocks::notice::AgreedTargets;
use domain::contact::{Contact, ContactPlan, Days, Hours};
use domain::criteria::{Criteria, Question};
use domain::draft::Templates;
use domain::ids::ContactId;
use domain::paper::{Agreement, Closures, Provider};
use jiff::civil::{Date, date};

/// The sentence of the first notice and of interim reports that an operator replaces by what is known.
pub(super) const SITUATION: &str = "原因の調査と復旧作業を進めております。";
/// The same in a notice without impact.
pub(super) const HARMLESS: &str = "稼動状況を確認し、サービスへの影響がないと判断いたしました。";
/// The same in a recovery notice.
pub(super) const CONFIRMED: &str = "サービスが正常に稼動していることを確認いたしました。";

/// The provider's name and telephone number.
pub(super) fn provider() -> Provider {
    Provider { name: PROVIDER.into(), phone: PHONE.into() }
}

/// The provider's closures: the turn of each of these years.
pub(super) fn closures(year: i16) -> Closures {
    let turn =
        |year: i16| [date(year, 12, 29), date(year, 12, 30), date(year, 12, 31), date(year, 1, 2), date(year, 1, 3)];
    let mut days: Vec<Date> = (year - 1..=year + 2).flat_map(turn).collect();
    days.sort_unstable();
    Closures { days }
}

/// The targets of the service description, signed.
pub(super) fn agreement(customer: usize) -> Agreement {
    let signatory = ["菅野 亜紀", "野口 勝", "栗田 真由"].get(customer).copied().unwrap_or_default();
    Agreement { targets: AgreedTargets::default(), signatory: signatory.into(), options: vec![] }
}

/// The texts the customers get.
pub(super) fn templates() -> Templates {
    let greeting = "{customer} ご担当者様\n\nいつもお世話になっております。{provider} 監視センターです。\n";
    let signature = "\n\n{provider} 監視センター  {phone}";
    let notice = |situation: &str, rest: &str| {
        format!(
            "{greeting}下記の障害を検知いたしましたので、ご連絡申し上げます。\n\n\
             件名: {{title}}\n対象: {{project}}\n検知日時: {{detected}}\nサービス影響: {{impact}}\n\n\
             現在の状況:\n{situation}\n\n{rest}{signature}"
        )
    };
    Templates {
        occurrence: notice(
            SITUATION,
            "次のご報告は {next_report} までに差し上げます。\n※ ミドルウェアのデータ（ログ、データベースなど）の復旧は保証の対象外となります。",
        ),
        occurrence_no_impact: notice(HARMLESS, "ご不明な点がございましたら、本チケットにてお知らせください。"),
        interim: format!(
            "{greeting}{{key}}「{{title}}」の中間報告を差し上げます。\n\n\
             現在の状況:\n{SITUATION}\n\n次のご報告は {{next_report}} までに差し上げます。{signature}"
        ),
        recovery: format!(
            "{greeting}{{key}}「{{title}}」の復旧を確認いたしましたので、ご連絡申し上げます。\n\n\
             復旧日時: {{recovered}}\n\n確認内容:\n{CONFIRMED}\n\n\
             ご心配をおかけし、申し訳ございませんでした。ご不明な点がございましたら、本チケットまたはお電話にてお問い合わせください。{signature}"
        ),
        ..Templates::default()
    }
}

fn question(id: &str, ja: &str, en: &str) -> Question {
    Question { id: id.into(), ja: ja.into(), en: en.into(), impact_if_no: false }
}

fn data() -> Question {
    question(
        "data",
        "データの欠損・誤り、または情報セキュリティの懸念がありますか",
        "Is data missing or wrong, or is there a security concern?",
    )
}

/// The criteria of a project.
pub(super) fn criteria(project: &str) -> Criteria {
    let (questions, agreed_by) = match project {
        "SHOP" => (
            vec![
                question(
                    "order",
                    "トップページまたは購入手続きの画面を表示できない状態ですか（外部回線から確認）",
                    "Is the top page or the checkout out of reach (checked from outside)?",
                ),
                question(
                    "slow",
                    "応答の遅れや決済の失敗により、購入手続きを完了できないことがありますか",
                    "Do slow answers or failing payments keep some orders from being completed?",
                ),
                data(),
            ],
            "菅野 亜紀",
        ),
        "STOCK" => (
            vec![
                question(
                    "stale",
                    "在庫数の更新が30分以上止まり、通販サイトに古い在庫数が表示されていますか",
                    "Has the stock not been updated for 30 minutes, so that the shop shows old figures?",
                ),
                question("orders", "受注データの取り込みが止まっていますか", "Has the import of orders stopped?"),
                data(),
            ],
            "菅野 亜紀",
        ),
        "HAISHA" => (
            vec![
                question(
                    "operate",
                    "配車担当者が配車画面を操作できない状態ですか",
                    "Are dispatchers unable to work with the dispatch screen?",
                ),
                question(
                    "position",
                    "車両の位置情報の更新が10分以上止まっていますか",
                    "Have vehicle positions not been updated for 10 minutes?",
                ),
                Question {
                    impact_if_no: true,
                    ..question(
                        "standby",
                        "冗長構成により、業務を継続できていますか",
                        "Does the redundant set-up keep the work going?",
                    )
                },
                data(),
            ],
            "野口 勝",
        ),
        "EDI" => (
            vec![
                question(
                    "transfer",
                    "取引先との送信または受信が止まっていますか",
                    "Has sending to or receiving from trading partners stopped?",
                ),
                question(
                    "late",
                    "取引先と取り決めた時刻に間に合わないデータがありますか",
                    "Will any data miss the time agreed with a trading partner?",
                ),
                data(),
            ],
            "野口 勝",
        ),
        "PORTAL" => (
            vec![
                Question {
                    impact_if_no: true,
                    ..question(
                        "login",
                        "学習ポータルにログインできますか（確認用アカウントで操作）",
                        "Can one log in to the portal (with the test account)?",
                    )
                },
                question(
                    "lesson",
                    "授業動画の再生または課題の提出に支障がありますか",
                    "Is playing lessons or handing in work impaired?",
                ),
                data(),
            ],
            "栗田 真由",
        ),
        "KOMO" | "HINATA" | "TSUMUGI" => (
            vec![
                question(
                    "work",
                    "この仕組みを使う部署の業務が止まっていますか",
                    "Has the work of a department that uses this stopped?",
                ),
                data(),
            ],
            match project {
                "KOMO" => "菅野 亜紀",
                "HINATA" => "野口 勝",
                _ => "栗田 真由",
            },
        ),
        _ => (
            vec![
                question(
                    "search",
                    "蔵書検索または貸出の手続きができない状態ですか",
                    "Is searching the catalogue or borrowing out of order?",
                ),
                question(
                    "slow",
                    "画面の応答に5秒以上かかる状態が続いていますか",
                    "Do pages keep taking more than five seconds?",
                ),
                data(),
            ],
            "栗田 真由",
        ),
    };
    Criteria { questions, agreed_by: Some(agreed_by.into()) }
}

fn contact(id: &str, name: &str, reading: &str, phone: &str, mail: &str, hours: Hours) -> Contact {
    Contact {
        id: ContactId::new(id),
        name: name.into(),
        reading: reading.into(),
        phone: phone.into(),
        other_phones: vec![],
        mail: mail.into(),
        hours,
        services: vec![],
    }
}

const fn hours(days: Days, from: u16, to: u16) -> Hours {
    Hours { days, from_minute: from * 60, to_minute: to * 60 }
}

/// The address that stopped working when its owner moved to another office.
pub(super) const DEAD_ADDRESS: &str = "tsutsumi@haisha.example.jp";

/// An address whose server makes strangers come again.
pub(super) const STRICT_ADDRESS: &str = "jouhou@portal.example.jp";

/// The contact plan of a customer; the haulier's second version has its weekend contact's new address.
pub(super) fn contact_plan(customer: usize, renewed: bool) -> ContactPlan {
    let always = Hours::default();
    match customer {
        // A shop that never closes: two mobile phones at any hour, the office in office hours.
        0 => ContactPlan {
            contacts: vec![
                contact("aki", "菅野 亜紀", "かんの あき", "090-0000-0001", "aki@shop.example.jp", always),
                contact("sho", "三宅 翔", "みやけ しょう", "090-0000-0002", "sho@shop.example.jp", always),
                contact(
                    "office",
                    "情報システム課",
                    "じょうほうシステムか",
                    "03-0000-0010",
                    "",
                    hours(Days::Business, 9, 18),
                ),
            ],
            agreed_by: Some("菅野 亜紀".into()),
            ..ContactPlan::default()
        },
        // A haulier: the owner by day, the night desk by night, somebody else on days off.
        1 => ContactPlan {
            contacts: vec![
                contact(
                    "masaru",
                    "野口 勝",
                    "のぐち まさる",
                    "03-0000-0020",
                    "masaru@haisha.example.jp",
                    hours(Days::Business, 9, 18),
                ),
                contact(
                    "night",
                    "運行管理室 夜間当直",
                    "うんこうかんりしつ やかんとうちょく",
                    "090-0000-0003",
                    "",
                    hours(Days::Every, 18, 9),
                ),
                contact(
                    "weekend",
                    "堤 浩一",
                    "つつみ こういち",
                    "090-0000-0004",
                    if renewed { "k.tsutsumi@haisha.example.jp" } else { DEAD_ADDRESS },
                    hours(Days::NonBusiness, 9, 18),
                ),
            ],
            agreed_by: Some("野口 勝".into()),
            ..ContactPlan::default()
        },
        // A school without a telephone at night: it waived calls in writing.
        _ => ContactPlan {
            contacts: vec![
                contact("mayu", "栗田 真由", "くりた まゆ", "", "mayu@portal.example.jp", always),
                contact("office", "情報基盤室", "じょうほうきばんしつ", "", STRICT_ADDRESS, always),
            ],
            waived_by: Some("栗田 真由".into()),
            agreed_by: Some("栗田 真由".into()),
            ..ContactPlan::default()
        },
    }
}
