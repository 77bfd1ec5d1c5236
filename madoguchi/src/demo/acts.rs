//! What each act of the history is in verbs of the desk.

use super::alarm::{self, Sent};
use super::people::{Who, project};
use super::stage::Stage;
use super::story::{Act, Whom};
use super::{papers, people};
use anyhow::{Context, bail};
use desk::incident::input;
use desk::{Delivery, IntakeKey};
use domain::contact::{ContactPlan, Occasion};
use domain::criteria::{Criteria, Question};
use domain::draft::fill;
use domain::fact::Answer;
use domain::ids::{ProjectKey, RecordKey};
use domain::incident::Incident;
use domain::incident::report::ReportKind;
use domain::time::{Instant, SECOND_MS};

/// Between two repeats of an alarm.
const REPEAT_MS: i64 = 4 * SECOND_MS;
/// Repeats are counted so long after the last.
const COUNTED_AFTER_MS: i64 = 20 * SECOND_MS;

/// An incident as it stands, with the words its notices need.
struct Standing {
    incident: Incident,
    title: String,
}

impl Stage {
    /// Does one thing; returns the incident that the alert opened or joined.
    pub(super) async fn act(
        &self,
        project: &str,
        key: Option<&RecordKey>,
        who: Who,
        act: &Act,
    ) -> anyhow::Result<Option<RecordKey>> {
        let now = self.clock.now();
        match act {
            Act::Fires(alarm) => self.receive(project, alarm.fires(project, now)).await,
            Act::Resolves(alarm) => self.receive(project, alarm.resolves(project, now)).await,
            Act::Repeats(alarm, times) => {
                for _ in 0..*times {
                    self.until(self.clock.now().plus_ms(REPEAT_MS)).await?;
                    self.receive(project, alarm.fires(project, now)).await?;
                }
                self.until(self.clock.now().plus_ms(COUNTED_AFTER_MS)).await?;
                self.desk.count_repeats().await?;
                Ok(None)
            }
            Act::BreaksOff(alarm) => self.receive(project, alarm::broken_off(alarm, project, now)).await,
            Act::Deploys { summary, source } => self.receive(project, alarm::change(project, summary, source)).await,
            Act::Order(order) => self.file(project, order).await.map(Some),
            Act::Fill(noun, fields) => {
                let key = key.context("nothing was filed yet")?;
                self.fill(project, key, who, noun, fields).await.map(|()| None)
            }
            Act::Announce(work) => self.announce(project, work).await.map(|()| None),
            Act::FreezeMonth => self.freeze_month(project).await.map(|()| None),
            Act::Restate(reason) => self.restate(project, who, reason).await.map(|()| None),
            Act::Do(verb, words, with) => {
                let key = key.context("nothing was filed yet")?;
                self.act_on(key, who, *verb, words, *with).await.map(|()| None)
            }
            Act::RenewPlan => self.renew_plan(project).await.map(|()| None),
            verb => {
                let key = key.context("nothing was opened yet")?;
                Box::pin(self.verb(project, key, who, verb)).await.map(|()| None)
            }
        }
    }

    async fn receive(&self, project: &str, sent: Sent) -> anyhow::Result<Option<RecordKey>> {
        let project = ProjectKey::new(project);
        let tenant = self.tenant_of(project.as_str()).await?;
        let keys = self.desk.store().tenant(&tenant).keys().await?;
        let key = keys.into_iter().find(|key| key.project == project && key.scope == "intake");
        let key = key.with_context(|| format!("{project} has no intake key"))?.id;
        let key = IntakeKey { tenant, key, project, heartbeat: false };
        let Sent { sender, body, content } = sent;
        let received = self.desk.receive(Delivery { key, sender, body, content }).await?;
        Ok(received.into_iter().find_map(|received| received.incident))
    }

    async fn renew_plan(&self, project: &str) -> anyhow::Result<()> {
        let tenant = self.tenant_of(project).await?;
        let customer = &people::CUSTOMERS[1];
        let plan = papers::contact_plan(1, true);
        for (key, _) in customer.projects {
            self.desk.record_paper(self.caller(Who::Shizuka)?, &tenant, key, &plan, None).await?;
        }
        Ok(())
    }

    async fn verb(&self, project: &str, key: &RecordKey, who: Who, act: &Act) -> anyhow::Result<()> {
        let (desk, caller, now) = (&self.desk, self.caller(who)?, self.clock.now());
        let standing = self.standing(project, key).await?;
        let version = standing.incident.version;
        let text = |text: &str| text.to_owned();
        match act {
            Act::Take => desk.take(caller, key, &input::Assignment { version }).await?,
            Act::Check { how, found } => {
                desk.check(caller, key, &input::Check { version, how: text(how), result: text(found) }).await?
            }
            Act::Judge { answers, says } => {
                let (criteria, answers) = self.answers(project, answers).await?;
                let text =
                    if says.is_empty() { String::new() } else { self.notice(project, &standing, true, says).await? };
                let judgement = input::Judgement { version, criteria, answers, text, ..input::Judgement::default() };
                desk.judge(caller, key, &judgement).await?
            }
            Act::Confirm => desk.confirm_judgement(caller, key, &input::JudgementConfirmation { version }).await?,
            Act::Tell(says) => {
                let text = self.notice(project, &standing, false, says).await?;
                desk.notify(caller, key, &input::NoticeText { version, text }).await?
            }
            Act::Worsen { why, says } => {
                let text = self.notice(project, &standing, true, says).await?;
                let reason = (*why).to_owned();
                let input = input::Rejudgement { version, impact: true, held_at_alert: false, text, reason };
                desk.rejudge(caller, key, &input).await?
            }
            Act::Call { whom, result, note } => {
                let contact = self.contact(project, *whom).await?;
                let (result, note) = (Some(*result), text(note));
                desk.call(caller, key, &input::Call { version, contact, result, note, ..input::Call::default() })
                    .await?
            }
            Act::Report(says) => {
                let text = self.report(project, &standing, says).await?;
                desk.report(caller, key, &input::InterimReport { version, text }).await?
            }
            Act::Step { step, result } => {
                desk.step(caller, key, &input::RecoveryStep { version, step: text(step), result: text(result) }).await?
            }
            Act::Recover { minutes_ago, data_minutes_ago } => {
                let recovered_at = Some(now.plus_minutes(-minutes_ago));
                let recovery_point = data_minutes_ago.map(|minutes| now.plus_minutes(-minutes));
                desk.recover(caller, key, &input::Recovery { version, recovered_at, recovery_point }).await?
            }
            Act::Withdraw(reason) => {
                desk.withdraw_recovery(caller, key, &input::RecoveryWithdrawal { version, reason: text(reason) })
                    .await?
            }
            Act::TellRecovery { method, says } => {
                let words = self.recovery_notice(project, &standing, says).await?;
                let confirmed_by = who.person().map_or("", |person| person.name).to_owned();
                let input =
                    input::RecoveryNotice { version, method: text(method), confirmed_by, channel: None, text: words };
                desk.notify_recovery(caller, key, &input).await?;
                return self.report_on(key, who, ReportKind::Preliminary).await;
            }
            Act::Recur(what) => desk.recur(caller, key, &input::Recurrence { version, text: text(what) }).await?,
            Act::Close { class, cause, confirmed_by } => {
                let (class, cause, confirmed_by) = (text(class), text(cause), text(confirmed_by));
                desk.close(caller, key, &input::Closure { version, class, cause, confirmed_by }).await?;
                return self.report_on(key, who, ReportKind::Final).await;
            }
            Act::FinalReport => return self.report_on(key, who, ReportKind::Final).await,
            Act::FalseAlarm(grounds) => {
                desk.declare_false_alarm(caller, key, &input::FalseAlarm { version, grounds: text(grounds) }).await?
            }
            Act::Uphold => {
                let input = input::FalseAlarmReview { version, upheld: true, reason: String::new() };
                desk.review_false_alarm(caller, key, &input).await?
            }
            Act::Note(words) => desk.note(caller, key, &input::Note { text: text(words) }).await?,
            Act::Message(words) => desk.message(caller, key, &input::Message { text: text(words) }).await?,
            _ => bail!("no verb of a person"),
        };
        Ok(())
    }

    async fn standing(&self, project: &str, key: &RecordKey) -> anyhow::Result<Standing> {
        let tenant = self.tenant_of(project).await?;
        let store = self.desk.store().tenant(&tenant);
        let incident =
            Incident::fold(&store.record_facts(key).await?)?.with_context(|| format!("there is no {key}"))?;
        let title = store.blob_text(&incident.title).await?.unwrap_or_default();
        Ok(Standing { incident, title })
    }

    /// The version of the criteria valid now, and the answers in their order.
    async fn answers(&self, project: &str, given: &[bool]) -> anyhow::Result<(u32, Vec<Answer>)> {
        let tenant = self.tenant_of(project).await?;
        let valid = self.desk.paper_now::<Criteria>(self.caller(Who::Shizuka)?, &tenant, project).await?;
        let valid = valid.with_context(|| format!("{project} has no criteria"))?;
        let answer = |(question, yes): (Question, &bool)| Answer { question: question.id, yes: *yes };
        Ok((valid.version, valid.paper.questions.into_iter().zip(given).map(answer).collect()))
    }

    async fn contact(&self, project: &str, whom: Whom) -> anyhow::Result<String> {
        let tenant = self.tenant_of(project).await?;
        let valid = self.desk.paper_now::<ContactPlan>(self.caller(Who::Shizuka)?, &tenant, project).await?;
        let plan = valid.with_context(|| format!("{project} has no contact plan"))?.paper;
        let calendar = self.calendar().await?;
        let contact = match whom {
            Whom::First => {
                let occasion = Occasion { at: self.clock.now(), calendar: &calendar, service: None };
                plan.first_voice(&occasion).map(|(_, contact)| contact)
            }
            Whom::Rank(rank) => plan.contacts.get((rank as usize).saturating_sub(1)),
        };
        Ok(contact.context("nobody to call")?.id.to_string())
    }

    async fn notice(&self, project: &str, standing: &Standing, impact: bool, says: &str) -> anyhow::Result<String> {
        let templates = papers::templates();
        let (template, replaced) = if impact {
            (templates.occurrence, papers::SITUATION)
        } else {
            (templates.occurrence_no_impact, papers::HARMLESS)
        };
        self.words(project, standing, &template.replace(replaced, says), if impact { "有" } else { "無" }).await
    }

    async fn report(&self, project: &str, standing: &Standing, says: &str) -> anyhow::Result<String> {
        let template = papers::templates().interim.replace(papers::SITUATION, says);
        self.words(project, standing, &template, "有").await
    }

    async fn recovery_notice(&self, project: &str, standing: &Standing, says: &str) -> anyhow::Result<String> {
        let template = papers::templates().recovery.replace(papers::CONFIRMED, says);
        self.words(project, standing, &template, "").await
    }

    /// A template with its values; the promise of the next report is left to the desk.
    async fn words(&self, key: &str, standing: &Standing, template: &str, impact: &str) -> anyhow::Result<String> {
        let (customer, project) = project(key).with_context(|| format!("{key} is no project of the demo"))?;
        let calendar = self.calendar().await?;
        let shown =
            |at: Instant| at.timestamp().to_zoned(calendar.zone().clone()).strftime("%Y年%-m月%-d日 %H:%M").to_string();
        let incident = &standing.incident;
        let recovered = incident.recovery().map(|recovery| shown(recovery.what.recovered_at)).unwrap_or_default();
        let values = [
            ("customer", customer.name),
            ("project", project),
            ("key", incident.key.as_str()),
            ("title", &standing.title),
            ("detected", &shown(incident.alert_at())),
            ("impact", impact),
            ("recovered", &recovered),
            ("provider", people::PROVIDER),
            ("phone", people::PHONE),
        ];
        Ok(fill(template, &values))
    }
}
