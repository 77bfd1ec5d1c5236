//! The shop's stock and orders: a false alarm, a batch that ran out of memory, a body that cannot be read.

use super::Dated;
use super::alarm::{Alarm, Tool};
use super::people::Who::{Hikari, Kengo, Naoto, Sho, Tool as Monitor};
use super::story::Act::{
    BreaksOff, Call, Check, Close, FalseAlarm, Fires, Judge, Message, Note, Recover, Resolves, Step, Take,
    TellRecovery, Uphold,
};
use super::story::Whom::First;
use super::story::{Tale, after, in_office};
use domain::fact::CallResult::Answered;

/// The queue of orders is long.
pub(super) static QUEUE_LONG: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "QueueDepthHigh",
    host: "mq01.stock.example.jp",
    severity: "warning",
    summary: "mq01.stock.example.jp 受注キューの滞留が 500 件を超過",
    description: "order.import キューの滞留が 10 分間続けて 500 件を超えています。",
};

static BATCH_FAILED: Alarm = Alarm {
    tool: Tool::Zabbix,
    rule: "Batch exit code",
    host: "batch02.stock.example.jp",
    severity: "error",
    summary: "在庫連携バッチ stock-sync が異常終了（終了コード 137）",
    description: "Last value: 137",
};

/// The tales.
pub(super) fn tales() -> Vec<Dated> {
    vec![(29, (4, 31, 10), stale_measurement()), (7, (23, 31, 48), batch_out_of_memory()), (4, (10, 12, 5), garbled())]
}

/// A false alarm at night, upheld by the shift leader in the name of the head of desk.
fn stale_measurement() -> Tale {
    Tale {
        project: "STOCK",
        opening: Fires(&QUEUE_LONG),
        beats: vec![
            after(1, 0, Kengo, Take),
            after(
                4,
                30,
                Kengo,
                Check {
                    how: "受注キューの件数と取り込みの速度を確認",
                    found: "滞留は 0 件。監視が収集した値は前日から更新されていない",
                },
            ),
            after(
                7,
                20,
                Kengo,
                FalseAlarm(
                    "監視側の収集プロセスが停止し、前日の値のまま判定していた。受注キューに滞留はなく、サービスへの影響もない。",
                ),
            ),
            after(8, 30, Monitor, Resolves(&QUEUE_LONG)),
            after(41, 0, Hikari, Uphold),
            after(43, 0, Kengo, Note("収集プロセスの停止を検知する監視の追加を、サポートセンターへ依頼した。")),
        ],
    }
}

fn batch_out_of_memory() -> Tale {
    Tale {
        project: "STOCK",
        opening: Fires(&BATCH_FAILED),
        beats: vec![
            after(1, 30, Hikari, Take),
            after(
                4,
                40,
                Hikari,
                Check {
                    how: "在庫の最終更新時刻と、受注の取り込み件数を確認",
                    found: "在庫の更新が 23:00 で止まっている。受注の取り込みは継続している",
                },
            ),
            after(
                8,
                0,
                Hikari,
                Judge {
                    answers: &[true],
                    says: "在庫数の更新が 23:00 から止まっており、通販サイトに古い在庫数が表示されております。バッチの再実行を準備しております。",
                },
            ),
            after(
                8,
                40,
                Hikari,
                Call {
                    whom: First,
                    result: Answered,
                    note: "在庫数の更新が止まっていること、バッチを再実行することをお伝えした",
                },
            ),
            after(
                20,
                0,
                Hikari,
                Step {
                    step: "異常終了したバッチのログを確認", result: "メモリー不足による強制終了（終了コード 137）"
                },
            ),
            after(
                31,
                0,
                Hikari,
                Step {
                    step: "保守手順 STOCK-01 に従い、一度に取り込む件数を半分にして再実行",
                    result: "00:02 に正常終了。差分 1,284 件を反映",
                },
            ),
            after(33, 0, Monitor, Resolves(&BATCH_FAILED)),
            after(38, 0, Hikari, Recover { minutes_ago: 7, data_minutes_ago: None }),
            after(
                44,
                0,
                Hikari,
                TellRecovery {
                    method: "在庫の最終更新時刻と、通販サイトの表示を10商品で照合",
                    says: "在庫数の更新が再開し、通販サイトの表示と一致していることを確認いたしました。",
                },
            ),
            in_office(10, 20, Sho, Message("在庫数が止まっていた間の注文に、欠品となるものはありましたか。")),
            in_office(
                11,
                5,
                Naoto,
                Message(
                    "23:00 から翌 0:02 までの注文 46 件を照合し、欠品となる注文がないことを確認いたしました。照合結果の一覧は、次回の定例会でお渡しいたします。",
                ),
            ),
            in_office(
                13,
                30,
                Naoto,
                Close {
                    class: "application",
                    cause: "商品数の増加により、在庫連携バッチのメモリーが不足したことが原因です。一度に取り込む件数を半分に変更いたしました。",
                    confirmed_by: "三宅 翔 様",
                },
            ),
        ],
    }
}

/// No incident: a body that broke off on its way lies in quarantine.
fn garbled() -> Tale {
    Tale { project: "STOCK", opening: BreaksOff(&QUEUE_LONG), beats: vec![] }
}
