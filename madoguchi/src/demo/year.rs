//! The year before the history: what comes back month after month in the projects all departments of a customer share - routine
//! work, questions, a small alert - with its kept, held, excepted and missed dues. Each month's table is frozen on the first
//! business day of the next, and one of them was restated: work that the customer gave back after the freeze.

use super::alarm::{Alarm, Tool};
use super::errands::{Order, With, office_day, says, with};
use super::people::CUSTOMERS;
use super::people::Who::{self, Aki, Emma, Hikari, Kengo, Masaru, Mayu, Naoto, Sho, Tool as Monitor, Yukiko};
use super::story::Act::{Check, Close, Fires, Judge, Recover, Resolves, Take, Tell, TellRecovery};
use super::story::{Act, Beat, Scene, Tale, after, in_office, local};
use desk::request::Act as Verb;
use domain::calendar::{BusinessDays, Calendar};
use jiff::ToSpan;
use jiff::civil::Date;

/// Months told, without the one that the tales of the last weeks begin in.
const MONTHS: i32 = 11;
/// The month whose table was restated, counted back from this one.
const RESTATED: i32 = 3;

/// The day the desk began.
pub(super) fn began(today: Date) -> Date {
    month(today, MONTHS + 1)
}

/// The first day of the month so many months before that of a day.
fn month(today: Date, ago: i32) -> Date {
    today.first_of_month().saturating_sub(ago.months())
}

/// What one customer asks for: 1 business day, 1 business day, 5 business days.
struct House {
    project: &'static str,
    orders: [Order; 3],
}

const fn order(by: Who, entry: &'static str, fields: &'static [(&'static str, &'static str)]) -> Order {
    Order { by, entry, fields }
}

static HOUSES: [House; 3] = [
    House {
        project: "KOMO",
        orders: [
            order(
                Aki,
                "account",
                &[("work", "add"), ("user", "komo-new-staff"), ("of", "iam"), ("rights", "売上の集計を読むこと")],
            ),
            order(Sho, "backup", &[("work", "add"), ("host", "file01.komo.example.jp")]),
            order(Aki, "consultation", &[("topic", "セールの前に、どの台数まで増やしておくべきか")]),
        ],
    },
    House {
        project: "HINATA",
        orders: [
            order(
                Masaru,
                "security_group",
                &[
                    ("work", "add"),
                    ("host", "gw01.hinata.example.jp"),
                    ("rule", "新しい営業所 203.0.113.64/28 から 443 を許可"),
                ],
            ),
            order(
                Masaru,
                "account",
                &[("work", "remove"), ("user", "transferred"), ("of", "os"), ("host", "gw01.hinata.example.jp")],
            ),
            order(Masaru, "consultation", &[("topic", "営業所の回線が切れたときの代わりの経路")]),
        ],
    },
    House {
        project: "TSUMUGI",
        orders: [
            order(Mayu, "backup", &[("work", "add"), ("host", "db01.tsumugi.example.jp")]),
            order(
                Mayu,
                "account",
                &[
                    ("work", "add"),
                    ("user", "new-teacher"),
                    ("of", "os"),
                    ("host", "db01.tsumugi.example.jp"),
                    ("rights", "成績の帳票を出すこと"),
                ],
            ),
            order(Mayu, "consultation", &[("topic", "学期の始まりに合わせて増やす台数")]),
        ],
    },
];

static DISK: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "DiskWillFill",
    host: "log01.example.jp",
    severity: "warning",
    summary: "log01.example.jp ログの領域の使用率が 85% を超過",
    description: "この速さでは 3 日後に一杯になります。",
};

/// The tale of a slight work, done on the day it came.
fn quick(house: &'static House, order: &'static Order) -> Tale {
    filed(
        house,
        order,
        vec![
            says(0, 11, 6, Naoto, Verb::Take, ""),
            says(
                0,
                11,
                25,
                Naoto,
                Verb::Plan,
                "手順書のとおり行い、終わったら結果をお知らせします。戻すときは逆の手順で戻します。",
            ),
            says(0, 14, 5, Naoto, Verb::Begin, ""),
            says(0, 14, 50, Naoto, Verb::Complete, "作業を終え、ご依頼のとおりになっていることを確認しました。"),
            says(1, 10, 10, order.by, Verb::Close, ""),
        ],
    )
}

/// A question, answered on the third business day.
fn answered(house: &'static House, order: &'static Order) -> Tale {
    filed(
        house,
        order,
        vec![
            says(0, 15, 10, Naoto, Verb::Take, ""),
            says(1, 10, 40, Naoto, Verb::Plan, "直近3か月の値を集計し、選択肢を費用とともにお答えします。"),
            says(1, 11, 0, Naoto, Verb::Begin, ""),
            says(3, 16, 20, Naoto, Verb::Complete, "集計の結果と、おすすめする案をまとめました。"),
            says(4, 10, 30, order.by, Verb::Close, ""),
        ],
    )
}

/// Kept by the hold only.
fn held(house: &'static House, order: &'static Order) -> Tale {
    filed(
        house,
        order,
        vec![
            says(0, 11, 20, Naoto, Verb::Take, ""),
            says(0, 11, 40, Naoto, Verb::Ask, "対象は、いただいた一つだけでよろしいでしょうか。"),
            says(2, 13, 15, order.by, Verb::Answer, "はい、一つだけです。"),
            says(2, 14, 0, Naoto, Verb::Plan, "手順書のとおり行います。戻すときは逆の手順で戻します。"),
            says(2, 14, 10, Naoto, Verb::Begin, ""),
            says(3, 11, 30, Naoto, Verb::Complete, "作業を終え、ご依頼のとおりになっていることを確認しました。"),
            says(3, 17, 0, order.by, Verb::Close, ""),
        ],
    )
}

/// Missed by a morning, told and explained.
fn missed(house: &'static House, order: &'static Order) -> Tale {
    filed(
        house,
        order,
        vec![
            says(0, 11, 50, Naoto, Verb::Take, ""),
            says(0, 13, 30, Naoto, Verb::Plan, "手順書のとおり行います。戻すときは逆の手順で戻します。"),
            says(2, 10, 5, Naoto, Verb::Begin, ""),
            says(2, 10, 45, Naoto, Verb::Complete, "作業を終え、ご依頼のとおりになっていることを確認しました。"),
            says(
                2,
                11,
                30,
                Naoto,
                Verb::Explain,
                "担当者の急な休みを引き継げず、期限までに実施できませんでした。毎日15:00に、期限が当日の作業を二人で確認します。",
            ),
            says(3, 10, 0, order.by, Verb::Close, ""),
        ],
    )
}

/// 特段の事情, before the due had passed.
fn excepted(house: &'static House, order: &'static Order) -> Tale {
    filed(
        house,
        order,
        vec![
            says(0, 15, 10, Naoto, Verb::Take, ""),
            says(1, 10, 40, Naoto, Verb::Plan, "直近3か月の値を集計し、選択肢を費用とともにお答えします。"),
            says(1, 11, 0, Naoto, Verb::Begin, ""),
            with(
                4,
                14,
                0,
                Yukiko,
                Verb::Except,
                "AWS の料金の改定を待って見積もるため、期限を2営業日延ばします。",
                With::DueIn(2),
            ),
            says(6, 16, 0, Naoto, Verb::Complete, "改定後の料金で見積もった結果をまとめました。"),
            says(7, 10, 30, order.by, Verb::Close, ""),
        ],
    )
}

/// Done on the last day of a month, given back after its table was frozen, and done again: the table is restated.
fn given_back(house: &'static House, order: &'static Order) -> Tale {
    let mut beats = vec![
        says(0, 11, 6, Naoto, Verb::Take, ""),
        says(0, 11, 25, Naoto, Verb::Plan, "手順書のとおり行います。戻すときは逆の手順で戻します。"),
        says(1, 14, 5, Naoto, Verb::Begin, ""),
        says(1, 14, 50, Naoto, Verb::Complete, "作業を終え、ご依頼のとおりになっていることを確認しました。"),
        says(3, 11, 15, order.by, Verb::GiveBack, "新しい担当者がまだ集計を開けません。"),
        says(3, 15, 40, Naoto, Verb::Complete, "権限の一つが漏れていました。付け直し、ご本人に開いていただきました。"),
        says(
            3,
            16,
            10,
            Naoto,
            Verb::Explain,
            "権限の一つが漏れていたため、期限までに完了していませんでした。作業後の確認を、ご本人の操作に改めます。",
        ),
        says(4, 10, 30, order.by, Verb::Close, ""),
    ];
    beats.push(super::story::on_day(
        4,
        20,
        5,
        Hikari,
        Act::Restate("月の末日に完了とした作業がお客様から差し戻され、期限の後に終わったため。"),
    ));
    filed(house, order, beats)
}

/// A small alert in the small hours.
fn alert(house: &'static House) -> Tale {
    let customer = CUSTOMERS.iter().find(|customer| customer.projects.iter().any(|(key, _)| *key == house.project));
    let signs = customer.map_or("", |customer| match customer.projects[0].0 {
        "SHOP" => "菅野 亜紀 様",
        "HAISHA" => "野口 勝 様",
        _ => "栗田 真由 様",
    });
    Tale {
        project: house.project,
        opening: Fires(&DISK),
        beats: vec![
            after(1, 20, Kengo, Take),
            after(
                5,
                0,
                Kengo,
                Check {
                    how: "ログの領域と、業務の画面を確認", found: "残り 15%。業務の画面は平常どおり動いている"
                },
            ),
            after(7, 10, Kengo, Judge { answers: &[false, false], says: "" }),
            after(
                18,
                0,
                Kengo,
                Tell("ログの領域の使用率が 85% を超えました。業務への影響はございません。古いログを退避いたします。"),
            ),
            after(34, 0, Monitor, Resolves(&DISK)),
            after(40, 0, Emma, Recover { minutes_ago: 6, data_minutes_ago: None }),
            after(
                46,
                0,
                Kengo,
                TellRecovery {
                    method: "退避の後、使用率 52% を監視で確認",
                    says: "古いログを退避し、使用率が平常値に戻ったことを確認いたしました。",
                },
            ),
            in_office(
                11,
                0,
                Naoto,
                Close {
                    class: "os",
                    cause: "ログを退避する間隔が長かったことが原因です。退避を週に一度から毎日に変えました。",
                    confirmed_by: signs,
                },
            ),
        ],
    }
}

fn filed(house: &'static House, order: &'static Order, beats: Vec<Beat>) -> Tale {
    Tale { project: house.project, opening: Act::Order(order), beats }
}

/// The scenes of the year before `today`.
pub(super) fn scenes(today: Date, calendar: &Calendar) -> anyhow::Result<Vec<Scene>> {
    let mut scenes = vec![];
    for ago in (2..=MONTHS + 1).rev() {
        let first = month(today, ago);
        let on = |business_day: u64, time: (i8, i8, i8)| {
            let begin = office_day(first, calendar)?;
            let day = match business_day {
                0 => begin,
                days => calendar.nth_business_day_after(begin, BusinessDays::new(days)?)?,
            };
            local(day, time, calendar)
        };
        for (place, house) in (0..).zip(&HOUSES) {
            let [slight, other, question] = &house.orders;
            let turn = (ago + place) % 6;
            let second = if turn == 1 {
                held(house, other)
            } else if turn == 4 && ago % 2 == 0 {
                missed(house, other)
            } else {
                quick(house, other)
            };
            let third = if turn == 2 { excepted(house, question) } else { answered(house, question) };
            let minute = i8::try_from(7 * place + 3)?;
            scenes.push(Scene { start: on(2, (10, minute, 12))?, tale: quick(house, slight) });
            scenes.push(Scene { start: on(6, (10, 30 + minute, 41))?, tale: second });
            scenes.push(Scene { start: on(10, (14, 10 + minute, 5))?, tale: third });
            if turn % 2 == 0 {
                scenes.push(Scene { start: on(8, (3, minute, 20))?, tale: alert(house) });
            }
            let freeze = local(office_day(month(today, ago - 1), calendar)?, (10, 15, 0), calendar)?;
            // What is over since longer is frozen with this scene; last month's comes with the errands.
            scenes.push(Scene {
                start: freeze,
                tale: Tale { project: house.project, opening: Act::FreezeMonth, beats: vec![] },
            });
        }
        if ago == RESTATED {
            // The last but one business day of the month: due and done on the last.
            let mut day = month(today, ago - 1).yesterday()?;
            for rest in [1, 0] {
                while !calendar.is_business_day(day)? {
                    day = day.yesterday()?;
                }
                if rest > 0 {
                    day = day.yesterday()?;
                }
            }
            scenes.push(Scene {
                start: local(day, (10, 40, 30), calendar)?,
                tale: given_back(&HOUSES[0], &HOUSES[0].orders[0]),
            });
        }
    }
    Ok(scenes)
}
